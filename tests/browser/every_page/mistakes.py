"""People's mistakes at a page, made by the machine: on any page, with the controls that it has."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Dialog, Frame, Locator, Page

from gateway.pages.session import COOKIE, LONGEST_LIFE
from gateway.sealer import Sealer
from tests.browser.visitor import Visitor
from tests.e2e.api import PASSWORD
from tests.e2e.birth import photograph

#: Words that are added to a field's content, so that it is still valid as a name or an address.
WORDS = ("Một", "Hai", "Ba", "Bốn", "Năm", "Sáu", "Bảy", "Tám")
#: Sentences of a page: what is wrong, what was done, what has happened meanwhile.
SAID = ".govuk-error-summary, .govuk-notification-banner, .govuk-inset-text, .govuk-error-message, .govuk-panel"
#: The sign-in page's text about a form that came too late; and about one with a password or a code in it.
OFFERED = "Phiên làm việc đã hết hạn. Xin đăng nhập lại; những gì vừa nhập vẫn còn"
RETYPED = "riêng mật khẩu và mã thì phải gõ lại"

#: Controls of a form in which something is typed or chosen.
_OWN = """const own = form => [...form.elements].filter(one =>
    one.matches('textarea, select, input:not([type=hidden]):not([type=submit]):not([type=button])') && !one.disabled
    && (one.type === 'file' || one.checkVisibility() || one.closest('details')));"""

#: The button of a form that is its own: of several one within it, of those one that sends it where the form says, and
#: of those the one without a name.
_MAIN = """form => {
    const rank = one => 4 * !form.contains(one) + 2 * one.hasAttribute('formaction') + !!one.name;
    return [...form.elements].filter(one => one.matches('button:not([type=button]):not(.app-default-button)'))
        .sort((one, other) => rank(one) - rank(other))[0];
}"""

#: The forms of a page in which something is typed or chosen, in their order.
_FORMS = f"""() => {{ {_OWN}
    const goes = form => {{
        const main = ({_MAIN})(form);
        return new URL(main?.hasAttribute('formaction') ? main.formAction : form.action);
    }};
    return [...document.forms].flatMap((form, at) => form.method === 'post' && own(form).length
        && (form.checkVisibility() || form.closest('details')) ? [{{
        at,
        path: goes(form).pathname + goes(form).search,
        finds: 'finds' in form.dataset,
        keeps: form.id === 'answers',
        acts: form.closest('.app-act') !== null || form.querySelector('.app-act') !== null,
        scripted: 'guide' in form.dataset,
        anew: own(form).every(one => 'anew' in one.dataset),
        version: form.elements.version?.value ?? '',
        filled: own(form).some(one => one.matches('textarea, input:not([type=radio], [type=checkbox], [type=file])')
            && !('anew' in one.dataset) && one.defaultValue !== ''),
    }}] : []);
}}"""

#: Types into every control of a form; returns what is to be there afterwards, by name.
_TYPE = f"""([at, word, password, photograph]) => {{ {_OWN}
    const typed = [], form = document.forms[at], chosen = new Set();
    const example = one => (document.getElementById((one.getAttribute('aria-describedby') ?? '').split(' ')[0])
        ?.textContent.match(/(?:Ví dụ|ví dụ|như):?\\s+([^.]+)/) ?? ['', ''])[1].trim();
    const write = (one, text) => {{ one.value = text; return one.value === text; }};
    const more = one => {{
        const base = one.defaultValue || example(one);
        if (one.type === 'password') return password;
        if (/-day$/.test(one.name)) return String(word.length + 3);
        if (/-month$/.test(one.name)) return String(word.length + 4);
        if (/-year$/.test(one.name)) return one.defaultValue || '1987';
        if (one.type === 'tel') return '09050001' + (10 + word.length * 7);
        if (one.type === 'email') return `thu-${{word.length}}@example.vn`;
        if (one.inputMode === 'numeric') return base.replace(/\\D/g, '') || String(word.length);
        if (/^-?\\d{{1,2}}(,\\d)?$/.test(one.defaultValue)) return String(parseInt(base) + word.length);
        if (base && !/\\p{{L}}/u.test(base)) return base;
        return `${{base || 'Thử'}} ${{word}}`.normalize();
    }};
    for (const one of own(form)) {{
        if (one.type === 'radio') {{
            const group = own(form).filter(each => each.name === one.name && each.type === 'radio');
            if (chosen.has(one.name)) continue;
            chosen.add(one.name);
            const others = group.filter(each => !each.defaultChecked), pick = others.at(word.length % others.length);
            if (!pick) continue;
            pick.checked = true;
            pick.dispatchEvent(new Event('change', {{bubbles: true}}));
            if (!('anew' in pick.dataset)) typed.push([one.name, pick.value, true]);
            continue;
        }}
        if (one.type === 'checkbox') one.checked = !one.defaultChecked;
        else if (one.type === 'file') {{
            const bytes = Uint8Array.from(atob(photograph), each => each.charCodeAt(0)), files = new DataTransfer();
            files.items.add(new File([bytes], `giấy tờ ${{word}}.jpg`, {{type: 'image/jpeg'}}));
            one.files = files.files;
        }} else if (one.tagName === 'SELECT') {{
            const others = [...one.options].filter(each => each.value && !each.defaultSelected);
            if (!others.length) continue;
            one.value = others.at(word.length % others.length).value;
        }} else {{
            const text = more(one);
            if (text === one.defaultValue) continue;
            one.value = text;
        }}
        one.dispatchEvent(new Event('input', {{bubbles: true}}));
        one.dispatchEvent(new Event('change', {{bubbles: true}}));
        if ('anew' in one.dataset) continue;
        if ('finds' in form.dataset && (one.autocomplete === 'off' || form.autocomplete === 'off')) continue;
        const said = one.type === 'file' ? one.files[0].name : one.value;
        typed.push([one.name, said, !['checkbox', 'radio'].includes(one.type) || one.checked]);
    }}
    return typed;
}}"""

#: The names of typed values that the page does not show any more as they were typed.
_LOST = """typed => {
    const plain = text => text.normalize().replace(/\\s+/g, ' ').trim().toLowerCase();
    const all = [...document.querySelectorAll('input, select, textarea')];
    const found = (name, value) => all.some(one => one.name === name && (['checkbox', 'radio'].includes(one.type)
        ? one.value === value && one.checked
        : one.type === 'file' ? one.files?.[0]?.name === value : plain(one.value) === plain(value)));
    return typed.filter(([name, value, is_there]) => found(name, value) !== is_there
        && !(name === 'file' && document.body.innerText.includes(value))).map(([name, value]) => `${name}=${value}`);
}"""

#: The form that a page behind a button is for; -1 where it has none.
_OWN_FORM = "() => [...document.forms].findIndex(one => one.method === 'post' && one.closest('main'))"

#: Whether a form takes files.
_TAKES_FILES = "at => [...document.forms[at].elements].some(one => one.type === 'file')"

#: Whether a password or a code has been typed in a form.
_RETYPED = """at => [...document.forms[at].querySelectorAll('[data-anew]')].some(
    one => !['checkbox', 'radio'].includes(one.type) && one.value !== '')"""

#: Marks what leads away from a form: links, other forms' buttons, and its own but for the main one and those that send
#: it elsewhere: each of these does what is typed for it, and leaves the rest (test_typed_beside_in_pages.py).
_WAYS = f"""at => {{ {_OWN}
    const form = document.forms[at] ?? null, seen = one => one.checkVisibility({{visibilityProperty: true}});
    const leads = one => !one.target && !one.getAttribute('href').startsWith('#')
        && new URL(one.href).origin === location.origin && new URL(one.href).pathname !== location.pathname;
    const links = [...document.querySelectorAll('a[href]')].filter(one => seen(one) && leads(one));
    const buttons = [...document.querySelectorAll('button:not([type=button])')].filter(one => one.form && seen(one)
        && !one.closest('.govuk-file-upload-button') && !one.matches('.app-default-button'));
    const main = form && ({_MAIN})(form);
    const ways = {{
        "the site's name": links.find(one => one.closest('header')),
        'the bar': links.find(one => one.closest('.app-bar')),
        'the way back': document.querySelector('.govuk-back-link'),
        'another link': links.find(one => one.closest('main') && !one.matches('.govuk-back-link')),
        'the foot': links.find(one => one.closest('footer')),
        "another form's button": buttons.find(one => one.form !== form && one.form.method === 'post'
            && one.closest('main') && !own(one.form).length),
        "another form that asks": buttons.find(one => one.form !== form && one.form.method === 'post'
            && one.closest('main') && own(one.form).length),
        'its own other button': buttons.find(one => form?.contains(one) && one !== main
            && !one.hasAttribute('formaction')),
        'the end': buttons.find(one => one.form !== form && one.matches('.app-kiosk-bar__end')),
        'signing out': buttons.find(one => one.form !== form && one.form.action.endsWith('/dang-xuat')),
    }};
    const found = Object.entries(ways).filter(([, one]) => one);
    for (const [name, one] of found) one.dataset.way = name;
    return found.map(([name]) => name);
}}"""


#: Elements that do not fit on the paper.
CUT_OFF = """() => [...document.querySelectorAll('main *')].filter(one => one.checkVisibility()
    && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && getComputedStyle(one).overflowX !== 'visible'
    && !one.closest('.govuk-visually-hidden, [type=file]')).map(one => one.outerHTML.slice(0, 90))"""


@dataclass(frozen=True)
class Form:
    """A form in which something is typed or chosen; by its place on the page and its address."""

    at: int
    path: str
    finds: bool
    keeps: bool
    acts: bool
    scripted: bool
    anew: bool
    version: str
    filled: bool
    nth: int  # of those that are sent to this address


Typed = list[list[Any]]  # name, value, whether it is checked


@dataclass
class Hands:
    """Somebody's hands at a visitor's browser, on a page of theirs; `faults` are what was lost there without a word."""

    visitor: Visitor
    path: str
    faults: list[str] = field(default_factory=list)
    leaves: bool = False  # whether the browser's question is answered with "leave"
    tab: Page | None = None  # where it is not the visitor's first

    def __post_init__(self) -> None:
        self.asked = self.gone = 0
        self.page.on("dialog", self._answer)
        self.page.on("framenavigated", self._count)

    @property
    def page(self) -> Page:
        return self.tab or self.visitor.page

    def let_go(self) -> None:
        self.page.remove_listener("dialog", self._answer)
        self.page.remove_listener("framenavigated", self._count)

    def _answer(self, dialog: Dialog) -> None:
        self.asked += 1
        if self.leaves:
            dialog.accept()
        else:
            dialog.dismiss()

    def _count(self, frame: Frame) -> None:
        self.gone += frame == self.page.main_frame

    def open(self) -> None:
        """The page, after any content of the page before it."""
        self.leaves, before = True, self.asked
        self.page.goto(self.path)
        self.leaves, self.asked = False, before

    def forms(self) -> list[Form]:
        found = self.page.evaluate(_FORMS)
        return [
            Form(**each, nth=[one["path"] for one in found[:at]].count(each["path"])) for at, each in enumerate(found)
        ]

    def own_form(self) -> Form | None:
        """The form of a page behind a button, also one in which nothing is typed."""
        at = self.page.evaluate(_OWN_FORM)
        return Form(at, "", False, False, False, False, True, "", False, 0) if at >= 0 else None

    def is_retyped(self, form: Form) -> bool:
        """Whether it contains a password or a code, which is not stored anywhere."""
        found: bool = self.page.evaluate(_RETYPED, form.at)
        return found

    def again(self, form: Form) -> Form:
        """The page and its form, as they come now."""
        self.open()
        return next(one for one in self.forms() if (one.path, one.nth) == (form.path, form.nth))

    def type(self, form: Form, word: str) -> Typed:
        """Types into every field of a form; returns what must not be lost of it."""
        takes_files = self.page.evaluate(_TAKES_FILES, form.at)  # a photograph takes longer than all else on this page
        picture = base64.b64encode(photograph(20 * WORDS.index(word))).decode() if takes_files else ""
        typed: Typed = self.page.evaluate(_TYPE, [form.at, word, PASSWORD, picture])
        return typed

    def lost(self, typed: Typed) -> list[str]:
        found: list[str] = self.page.evaluate(_LOST, typed)
        return found

    def ways(self, form: Form | None) -> list[str]:
        found: list[str] = self.page.evaluate(_WAYS, form.at if form else -1)
        return found

    def way(self, name: str) -> Locator:
        return self.page.locator(f'[data-way="{name}"]')

    def main_button(self, form: Form) -> Locator:
        self.page.evaluate(f"at => {{ ({_MAIN})(document.forms[at]).dataset.way = 'main'; }}", form.at)
        return self.way("main")

    def press_away(self, way: str) -> bool:
        """As `leave`, by a way that was marked."""
        return self.leave(lambda: self.way(way).evaluate("one => one.click()"))

    def run_away(self, script: str) -> bool:
        """As `leave`, by one of the browser's own buttons."""
        return self.leave(lambda: self.page.evaluate(f"() => {{ setTimeout(() => {script}) }}"))

    def leave(self, act: Callable[[], object]) -> bool:
        """Does what leads away; returns whether the browser asked before, and nobody has gone."""
        asked, gone = self.asked, self.gone
        act()
        for _ in range(2000):
            if self.asked > asked or self.gone > gone:
                break
            self.page.wait_for_timeout(10)  # lets the browser's events in
        else:
            self.faults.append("nothing happens")
        if self.asked > asked:
            return True
        self.page.wait_for_load_state()
        return False

    def send(self, form: Form) -> int:
        """Presses the form's own button; returns the status of the page that comes."""
        button = self.main_button(form)
        self.leaves = True
        with self.page.expect_navigation() as answer:
            button.evaluate("button => button.click()")
        self.leaves = False
        return answer.value.status if answer.value else 0

    def said(self) -> str:
        """The sentences of the page about what was done."""
        return " ".join(
            " ".join(each.split()) for each in self.page.locator(SAID).locator("visible=true").all_inner_texts()
        )


def half_an_hour_later(visitor: Visitor, secret: str) -> None:
    """The sign-in of the browser has ended: as after half an hour without a page."""
    cookies = {cookie["name"]: cookie for cookie in visitor.context.cookies()}
    cookie, sealer = cookies[COOKIE], Sealer(secret, "session")
    held = sealer.open(cookie["value"], within=LONGEST_LIFE)
    assert held is not None
    held["access_until"] -= 10_000
    visitor.context.add_cookies([{**cookie, "value": sealer.seal(held)}])  # type: ignore[typeddict-item]


def sign_out_elsewhere(visitor: Visitor) -> None:
    """As in another tab of the browser."""
    token = visitor.page.locator("input[name=csrf_token]").first.get_attribute("value") or ""
    visitor.context.request.post("/dang-xuat", form={"csrf_token": token}, max_redirects=0)


def load_anew(visitor: Visitor) -> Visitor:
    """Pages are reloaded when somebody goes back, because the driver loses a page that was kept."""
    visitor.context.add_init_script("addEventListener('unload', () => {})")
    return visitor


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page of a PDF."""
    import io

    import pypdfium2

    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in document]
