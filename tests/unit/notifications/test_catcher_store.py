"""The catcher's messages survive it, and do not grow for ever."""

from __future__ import annotations

from pathlib import Path

from deploy.local.catcher import Caught, Store


def caught(number: int, to: str = "+84905123456") -> Caught:
    return Caught(str(number), "2020-10-06T02:00:00+00:00", "sms", to, "", f"tin {number}")


def test_messages_are_shown_newest_first_and_by_recipient(tmp_path: Path) -> None:
    store = Store(tmp_path / "m.jsonl")
    for number, to in enumerate(["a@x.vn", "b@x.vn", "a@x.vn"]):
        store.add(caught(number, to))
    assert [message.id for message in store.newest("", 10)] == ["2", "1", "0"]
    assert [message.id for message in store.newest("A@x.vn", 10)] == ["2", "0"]
    assert [message.id for message in store.newest("", 1)] == ["2"]


def test_messages_survive_a_kill_in_the_middle_of_a_line(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    Store(path).add(caught(1))
    with path.open("a") as file:
        file.write('{"id": "2", "at"')
    store = Store(path)
    assert not store.add(caught(1))
    assert store.add(caught(2))
    assert [message.id for message in Store(path).newest("", 10)] == ["2", "1"]


def test_only_the_last_messages_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    store = Store(path, kept=10)
    for number in range(100):
        store.add(caught(number))
    assert [message.id for message in store.newest("", 100)] == [str(number) for number in range(99, 89, -1)]
    assert len(path.read_text().splitlines()) <= 20
    assert [message.id for message in Store(path, kept=10).newest("", 100)] == [str(n) for n in range(99, 89, -1)]


def test_a_phone_is_found_in_any_spelling(tmp_path: Path) -> None:
    store = Store(tmp_path / "m.jsonl")
    store.add(caught(1))
    for spelling in ("0905123456", "+84905123456", "84905123456", " 0905 123 456 "):
        assert [message.id for message in store.newest(spelling, 10)] == ["1"]
    assert store.newest("0905123457", 10) == []
