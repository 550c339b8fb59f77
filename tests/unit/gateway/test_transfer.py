"""How responses travel: compressed, and static files kept by browsers for a year."""

from __future__ import annotations

import gzip
import re

import pytest
from flask.testing import FlaskClient

from gateway.transfer import _digest

COMPRESSED = ["/dang-nhap", "/static/caunoi.css", "/static/guidance.js"]


@pytest.mark.parametrize("path", COMPRESSED)
def test_what_a_browser_shows_comes_compressed_where_it_can_be(client: FlaskClient, path: str) -> None:
    plain = client.get(path, buffered=True).data
    for accepted, used in (("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gzip")):
        answer = client.get(path, headers={"Accept-Encoding": accepted}, buffered=True)
        assert answer.headers["Content-Encoding"] == used
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert len(answer.data) < len(plain) * 0.6
    assert len(gzip.decompress(answer.data)) == pytest.approx(len(plain), abs=20), "tokens differ from page to page"


def test_a_page_that_refuses_comes_compressed_too(client: FlaskClient) -> None:
    answer = client.get("/phuong/khong-co", headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (404, "gzip")
    assert b"<h1" in gzip.decompress(answer.data)


def test_what_machines_read_does_not(client: FlaskClient) -> None:
    answer = client.get("/api/v1/openapi.json", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in answer.headers


def test_each_static_file_has_an_address_of_its_content_that_is_kept_for_a_year(client: FlaskClient) -> None:
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/dang-nhap").get_data(as_text=True))
    assert len(named) > 2
    for address in named:
        answer = client.get(address, buffered=True)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address


@pytest.mark.parametrize("address", ["/static/caunoi.css", "/static/caunoi.css?v=000000000000", "/static/nothing?v="])
def test_under_another_address_it_is_asked_for_again(client: FlaskClient, address: str) -> None:
    """Such as by the page of a newer release, from a pod that still runs the older one."""
    assert "max-age=31536000" not in client.get(address, buffered=True).headers.get("Cache-Control", "")


def test_no_other_file_has_a_digest(client: FlaskClient) -> None:
    for address in ("/static/../app.py", "/static/%2e%2e/app.py"):
        assert client.get(address).status_code == 404
    assert _digest("nothing.css") == ""
