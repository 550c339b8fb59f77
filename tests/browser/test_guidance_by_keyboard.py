"""A guided session for those who do not see the screen or use a mouse: by keyboard, focus, and what is announced."""

from __future__ import annotations

import re

from tests.browser.guiding import POINTED, Pair, begin_form, sit_down
from tests.browser.usable import enter, focused, media, tab_to
from tests.browser.visitor import Visit, Visitor

RELATION = "[name='requester.relation']"
#: Collects everything that the live region says, from now on.
LISTEN = """() => {
    window.heard = [];
    const place = document.getElementById('guidance-news');
    new MutationObserver(() => place.textContent && window.heard.push(place.textContent))
        .observe(place, {childList: true, characterData: true, subtree: true});
}"""
#: A computer that can speak, and remembers what it was to say; `lang` of its one voice.
SPEAKS = """lang => {
    window.spoken = [];
    const own = Object.assign(new EventTarget(), {
        getVoices: () => [{lang, name: 'Linh'}], cancel: () => window.spoken.push('…'),
        speak: one => window.spoken.push(`${one.lang}: ${one.text}`),
    });
    Object.defineProperty(window, 'speechSynthesis', {value: own});
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
}"""
RENEW = "document.dispatchEvent(new Event('visibilitychange'))"  # the tab is shown again: its part is fetched


def guided(visit: Visit, url: str) -> Pair:
    """Both are at the first question of a birth registration."""
    pair = sit_down(visit, url)
    begin_form(pair)
    pair.begin()
    pair.citizen.press_first("Làm tiếp: ")
    pair.volunteer.page.locator("#here-1-point").wait_for()
    return pair


def renew(visitor: Visitor) -> None:
    """Waits until the page has fetched its part once more and shown it."""
    visitor.page.evaluate("document.getElementById('guidance').dataset.old = '1'")
    visitor.page.evaluate(RENEW)
    visitor.page.locator("#guidance:not([data-old])").wait_for()


def by_tab(visitor: Visitor, selector: str) -> None:
    tab_to(visitor, selector, most=200)
    assert visitor.page.evaluate("document.activeElement.checkVisibility()")


def test_a_session_from_consent_to_its_end_by_keyboard_alone(visit: Visit, url: str) -> None:
    pair = sit_down(visit, url)
    begin_form(pair)
    citizen, volunteer = pair.citizen, pair.volunteer
    by_tab(citizen, ".app-guided__ask")
    enter(citizen)
    by_tab(citizen, "main form button")
    enter(citizen)
    digits = citizen.page.locator("#guidance-here .app-digits [aria-hidden]").inner_text()
    volunteer.go("/tinh-nguyen")
    by_tab(volunteer, "[name=code]")
    volunteer.page.keyboard.type(digits)
    enter(volunteer)
    assert volunteer.heading.startswith("Hướng dẫn ở")
    citizen.page.locator("h1", has_text="đang hướng dẫn ông/bà").wait_for()
    by_tab(citizen, "#guidance-here a.govuk-button")
    enter(citizen)
    by_tab(citizen, "main a.govuk-button")
    enter(citizen)

    keys = volunteer.page.keyboard
    volunteer.page.locator("#here-1-point").wait_for()
    by_tab(volunteer, "#here-1-point")
    keys.press("Enter")
    citizen.page.locator(POINTED).wait_for()
    assert focused(volunteer) == "here-1-point"
    by_tab(volunteer, "#phrase-1")
    keys.press("Space")
    citizen.page.locator("#guidance-panel li").nth(1).wait_for()
    by_tab(volunteer, "#guide-terms > summary")
    keys.press("Enter")
    by_tab(volunteer, "#guide-terms li details > summary")
    keys.press("Space")
    by_tab(volunteer, "#term-1")
    keys.press("Enter")
    citizen.page.locator("#guidance-panel li").nth(2).wait_for()
    assert focused(volunteer) == "term-1"

    by_tab(citizen, RELATION)
    citizen.page.keyboard.press("ArrowDown")
    assert citizen.page.locator(f"{RELATION}:checked").count() == 1
    by_tab(citizen, "main form button:not([name=later])")
    enter(citizen)
    assert citizen.page.locator(RELATION).count() == 0, "the next question"
    by_tab(citizen, "#guidance-stop")
    enter(citizen)
    volunteer.page.get_by_text("Người dân đã dừng buổi hướng dẫn").first.wait_for()
    assert focused(volunteer) != "BODY"


def test_pointing_leaves_the_focus_and_what_is_typed_where_they_are(visit: Visit, url: str) -> None:
    pair = guided(visit, url)
    citizen = pair.citizen
    citizen.fill({"/requester/relation": "father"})
    citizen.press("Tiếp tục")
    name = citizen.page.locator("main input[type=text]").first
    name.fill("")
    name.press_sequentially("Nguyễn Văn")
    name.evaluate("one => one.setSelectionRange(3, 6)")
    own = name.get_attribute("id")
    pair.volunteer.page.locator("#guidance", has_text=citizen.heading).wait_for()
    pair.guide("here-1-point")
    citizen.page.locator(POINTED).wait_for()
    pair.guide("phrase-1")
    citizen.page.locator("#guidance-panel li").nth(1).wait_for()
    assert focused(citizen) == own
    assert name.input_value() == "Nguyễn Văn"
    assert name.evaluate("one => [one.selectionStart, one.selectionEnd]") == [3, 6]
    citizen.page.keyboard.type("Thị")
    assert name.input_value() == "NguThị Văn"
    assert citizen.page.locator(POINTED).evaluate("one => one.contains(document.activeElement)"), "it is read in order"


def test_the_focus_stays_when_the_part_of_the_page_around_it_is_renewed(visit: Visit, url: str) -> None:
    pair = guided(visit, url)
    citizen, volunteer = pair.citizen, pair.volunteer
    pair.guide("here-1-point")
    pair.guide("phrase-1")
    citizen.page.locator("#guidance-panel li").nth(1).wait_for()
    pointed = citizen.page.locator("#guidance-panel li a").first.inner_text()
    at: list[tuple[Visitor, str, str]] = [
        (citizen, "#guidance-stop", "guidance-stop"),
        (citizen, "#guidance-panel li a", pointed),
        (volunteer, "#here-1-point", "here-1-point"),
        (volunteer, "#guide-done > summary", "Đã làm trong buổi này: 2"),
    ]
    for visitor, selector, name in at:
        visitor.page.locator(selector).first.focus()
        for _ in range(2):
            renew(visitor)
            assert focused(visitor) == name

    # The focused element does not exist any more: the focus goes to the part, not to the top of the page.
    explained = volunteer.page.locator("#here-1-explained")
    if explained.count():
        explained.focus()
        volunteer.page.keyboard.press("Enter")
        explained.wait_for(state="detached")
        assert focused(volunteer) == "guidance"
    citizen.page.locator("#guidance-stop").focus()
    volunteer.press("Kết thúc buổi hướng dẫn")
    citizen.page.get_by_text("Tình nguyện viên đã kết thúc buổi hướng dẫn.").first.wait_for()
    assert focused(citizen) == "guidance"
    assert citizen.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_everything_is_announced_once(visit: Visit, url: str) -> None:
    pair = guided(visit, url)
    citizen, volunteer = pair.citizen, pair.volunteer
    citizen.page.evaluate(LISTEN)
    volunteer.page.evaluate(LISTEN)
    words = citizen.page.locator("#guidance-panel li")
    for count, button in enumerate(("here-1-point", "phrase-1", "phrase-1", "here-1-point"), 1):
        pair.guide(button)
        words.nth(count - 1).wait_for()
        for _ in range(2):
            renew(citizen)
    citizen.page.wait_for_timeout(300)
    heard = citizen.page.evaluate("window.heard")
    phrase = volunteer.page.locator("#phrase-1").inner_text().strip()
    assert [re.sub(r"^.*: ", "", one) if "chỉ vào" in one else one.strip() for one in heard] == [
        "Ông/bà là ai với trẻ?", phrase, phrase, "Ông/bà là ai với trẻ?"
    ]  # fmt: skip
    done = volunteer.page.evaluate("window.heard")
    pointed, sent = "Đã chỉ vào câu đó trên màn hình của người dân.", "Đã gửi câu mẫu."
    assert done == [pointed, sent, sent, pointed]


def test_the_question_pointed_at_is_framed_for_everybody_and_moves_for_nobody_who_wants_that(
    visit: Visit, url: str
) -> None:
    pair = guided(visit, url)
    look = """one => {
        const style = getComputedStyle(one);
        return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.opacity, style.animationName]
    }"""
    with media(pair.citizen, reduced_motion="reduce", forced_colors="active"):
        pair.guide("here-1-point")
        lit = pair.citizen.page.locator(POINTED)
        lit.wait_for()
        first = lit.evaluate(look)
        assert (first[0], first[1], first[4]) == ("solid", "5px", "none")
        pair.citizen.page.wait_for_timeout(400)
        assert lit.evaluate(look) == first
        assert pair.citizen.page.evaluate("document.getAnimations().length") == 0


def test_what_the_volunteer_sends_is_read_aloud_where_there_is_a_vietnamese_voice(visit: Visit, url: str) -> None:
    pair = guided(visit, url)
    citizen, volunteer = pair.citizen, pair.volunteer
    at = citizen.page.url
    volunteer.page.locator("#guide-terms > summary").click()
    volunteer.page.locator("#guide-terms li details > summary").first.click()
    term = volunteer.page.locator("#guide-terms li details").first
    name, explanation = term.locator("summary").inner_text().strip(), term.locator("p").inner_text().strip()
    pair.guide("term-1")
    aloud = citizen.page.locator("#guidance-panel li").first.get_by_role("button", name="Đọc to")
    for lang, offered in (("en-US", 0), ("vi-VN", 1)):
        citizen.page.add_init_script(f"({SPEAKS})('{lang}')")
        citizen.go(at)
        citizen.page.locator("#guidance-panel li", has_text=explanation).wait_for()
        assert aloud.locator("visible=true").count() == offered, lang
    aloud.click()
    assert citizen.page.evaluate("window.spoken") == ["…", f"vi-VN: {name}. {explanation}"]
