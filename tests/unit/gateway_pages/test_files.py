"""Files in answers."""

from __future__ import annotations

import pytest
from flask import Flask

from gateway.files import shown_file


@pytest.mark.parametrize(
    ("media_type", "filename", "disposition"),
    [
        ("image/jpeg", "giấy chứng sinh.jpg", "inline; filename*=UTF-8''gi%E1%BA%A5y%20ch%E1%BB%A9ng%20sinh.jpg"),
        ("text/html", "a\r\nSet-Cookie: b.html", "attachment; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b.html"),
        ("application/pdf", "", "inline"),
    ],
)
def test_any_name_of_a_file_goes_into_a_header_that_web_servers_take(
    media_type: str, filename: str, disposition: str
) -> None:
    with Flask(__name__).test_request_context():
        answer = shown_file(b"content", media_type, filename)
    assert answer.headers["Content-Disposition"] == disposition
