"""Memory, a local directory and S3 keep files alike. (S3 is the same library under the same calls.)"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from services.chassis.refusal import Kind, Refusal
from services.dossiers.adapters.files import S3, Files, content_key

CONTENT = b"giay chung sinh" * 1000
KEY = content_key("20248", "d-1", hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture(params=["memory", "directory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return Files("memory:///" if request.param == "memory" else (tmp_path / "tệp của phường").as_uri())


def test_a_stored_file_can_be_read(store: Files) -> None:
    store.put(KEY, CONTENT, "image/jpeg")

    assert store.get(KEY) == CONTENT


def test_putting_the_same_again_leaves_one(store: Files) -> None:
    store.put(KEY, CONTENT, "image/jpeg")
    store.put(KEY, CONTENT, "image/jpeg")
    store.put("20248/d-1/certificate.pdf", b"first", "application/pdf")
    store.put("20248/d-1/certificate.pdf", b"second", "application/pdf")

    assert store.get(KEY) == CONTENT
    assert store.get("20248/d-1/certificate.pdf") == b"second"


def test_a_missing_file_is_a_clear_refusal(store: Files) -> None:
    with pytest.raises(Refusal) as caught:
        store.get(KEY)

    assert (caught.value.kind, caught.value.type) == (Kind.NOT_FOUND, "file-not-found")


def test_what_is_deleted_is_gone_and_may_be_deleted_again(store: Files) -> None:
    store.put(KEY, CONTENT, "image/jpeg")
    store.delete(KEY)
    store.delete(KEY)

    with pytest.raises(Refusal):
        store.get(KEY)


def test_it_is_known_what_is_there_and_since_when(store: Files) -> None:
    keys = [content_key("20248", "d-1", hashlib.sha256(bytes([n])).hexdigest()) for n in range(3)]
    for key in keys:
        store.put(key, b"x", "image/jpeg")
    store.put(content_key("20242", "d-1", "0" * 64), b"x", "image/jpeg")
    listed = {key: at for some in store.listed("20248") for key, at in some.items()}
    assert sorted(listed) == sorted(keys)
    assert abs(listed[keys[0]] - datetime.now(UTC)) < timedelta(minutes=5)
    assert store.modified(keys[0]) == listed[keys[0]]
    assert store.modified(content_key("20248", "d-2", "0" * 64)) is None
    assert list(store.listed("20230")) == []


def test_an_empty_file_is_kept_too(store: Files) -> None:
    store.put("20248/d-1/empty", b"", "application/pdf")

    assert store.get("20248/d-1/empty") == b""


def test_content_that_does_not_match_its_key_is_not_returned(store: Files) -> None:
    store.put(KEY, CONTENT + b"!", "image/jpeg")

    with pytest.raises(Refusal) as caught:
        store.get(KEY)

    assert (caught.value.kind, caught.value.type) == (Kind.BROKEN, "file-altered")


@pytest.mark.parametrize(
    "key", ["", "/", "/a", "a/", "a//b", "../a", "a/../../b", "a/./b", ".a", "a b", "đ", "a\n", "a\\b"]
)
def test_a_key_that_could_leave_its_place_is_refused(store: Files, key: str) -> None:
    for call in (store.get, store.delete, lambda key: store.put(key, b"x", "image/png")):
        with pytest.raises(ValueError, match="key"):
            call(key)


def test_a_local_file_and_the_directories_above_it_are_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    Files(tmp_path.as_uri()).put("20248/d-1/x", b"1", "image/png")

    root = str(tmp_path)
    assert synced == [f"{root}/20248/d-1/x", f"{root}/20248/d-1", f"{root}/20248", root]


def test_a_new_directory_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Files(f"file://{tmp_path}/kho ảnh/20248")
    finally:
        os.umask(before)
    assert (tmp_path / "kho ảnh" / "20248").stat().st_mode & 0o777 == 0o700


def test_files_are_there_for_the_next_process(tmp_path: Path) -> None:
    Files(tmp_path.as_uri()).put(KEY, CONTENT, "image/jpeg")

    assert Files(tmp_path.as_uri()).get(KEY) == CONTENT


def test_a_directory_that_cannot_be_written_is_told_as_unavailable(tmp_path: Path) -> None:
    store = Files(tmp_path.as_uri())
    (tmp_path / "20248").write_bytes(b"a file where a directory has to be")

    with pytest.raises(Refusal) as caught:
        store.put(KEY, CONTENT, "image/jpeg")

    assert (caught.value.kind, caught.value.type) == (Kind.UNAVAILABLE, "file-store-unavailable")


def test_an_s3_server_that_does_not_answer_is_told_as_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_REGION": "x",
    }.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(Refusal) as caught:
        Files("s3://papers/caunoi").get(KEY)

    assert (caught.value.kind, caught.value.type) == (Kind.UNAVAILABLE, "file-store-unavailable")


def test_an_s3_server_is_asked_at_its_endpoint_and_under_the_keys_of_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    asked: list[tuple[str, str]] = []

    class Store(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            asked.append((self.path, self.headers["Authorization"]))
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("ETag", '"1"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    with HTTPServer(("127.0.0.1", 0), Store) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ours = S3(f"http://127.0.0.1:{server.server_port}", "vn-da-nang", "the-ward", "a secret")
        Files("s3://caunoi-20248", ours).put("20248/d-1/x", b"1", "image/png")
        server.shutdown()

    ((path, authorization),) = asked
    assert path == "/caunoi-20248/20248/d-1/x"
    assert re.search(r"Credential=the-ward/\d{8}/vn-da-nang/s3/", authorization)


def test_another_kind_of_url_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="FILES_URL"):
        Files("https://example.vn/")
