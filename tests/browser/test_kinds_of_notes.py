"""The script that folds the questions of a note by its kind, on a page with parts as registers/entry.html has them."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page

_SCRIPT = Path(__file__).parents[2] / "gateway" / "static" / "note_kinds.js"
_PAGE = """
<form>
  <input type="radio" name="note.kind" value="death">
  <input type="radio" name="note.kind" value="divorce">
  <details data-kinds="death death-supplemented"><summary>Ai chết</summary><input name="note.who_died"></details>
</form>
"""


def _sent(page: Page) -> dict[str, str]:
    sent: dict[str, str] = page.evaluate("Object.fromEntries(new FormData(document.forms[0]))")
    return sent


def test_answers_of_another_kind_of_note_are_kept_but_sent_only_where_they_are_seen(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(_PAGE)
    page.add_script_tag(content=_SCRIPT.read_text("utf-8"), type="module")
    page.check('[value="death"]')
    page.fill('[name="note.who_died"]', "wife")
    page.check('[value="divorce"]')
    assert _sent(page) == {"note.kind": "divorce"}
    page.click("summary")
    page.wait_for_selector('[name="note.who_died"]:enabled')
    assert _sent(page) == {"note.kind": "divorce", "note.who_died": "wife"}
    page.click("summary")
    page.wait_for_selector('[name="note.who_died"]:disabled', state="attached")
    page.check('[value="death"]')
    assert _sent(page) == {"note.kind": "death", "note.who_died": "wife"}
    page.close()
