"""Takes the picture of the README: `python -m tests.browser.screenshots [address of a running stack]`.

Without an address it starts a stack of its own, on ports of its own, and removes it.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from deploy.local.process import ROOT
from deploy.local.stack import Stack
from tests.browser.chromium import NAMES, find_chromium, running_chromium
from tests.browser.scene import OFFICER, Scene, set_scene
from tests.browser.visitor import Visitor
from tests.e2e.api import close_connections
from tests.e2e.drafts import APPLICANT, SLUG
from tests.running_stack import FASTER

PICTURE = ROOT / "docs" / "picture.png"
MOST_BYTES = 300_000
#: What is seen of the pages, in pixels of the page, and by how much the picture is smaller.
ON_PHONE, ON_DESK, SCALE = (380, 1160), (1240, 1160), 0.7
GROUND, EDGE, MARGIN = "#e9e6e1", "#b9b3aa", 28


@contextmanager
def stack_at(arguments: list[str]) -> Iterator[str]:
    """The address of the stack to be shown."""
    if arguments:
        yield arguments[0]
        return
    with tempfile.TemporaryDirectory(prefix="caunoi-pictures-") as home:
        stack = Stack(Path(home), 0, more=FASTER)
        stack.start()
        try:
            yield stack.urls["gateway"]
        finally:
            stack.stop()


def shot(browser: Browser, url: str, who: str, path: str, size: tuple[int, int]) -> Image.Image:
    """The first screen of a page as somebody sees it, made smaller."""
    visitor = Visitor(browser, url, size=size)
    visitor.sign_in(who)
    visitor.go(path)
    content = visitor.page.screenshot()
    visitor.leave()
    whole = Image.open(io.BytesIO(content)).convert("RGB")
    return whole.resize((int(size[0] * SCALE), int(size[1] * SCALE)), Image.Resampling.LANCZOS)


def side_by_side(desk: Image.Image, phone: Image.Image) -> Image.Image:
    """The desk's screen and, beside it, the citizen's phone, on one ground."""
    height = max(desk.height, phone.height) + 2 * MARGIN
    canvas = Image.new("RGB", (desk.width + phone.width + 3 * MARGIN, height), GROUND)
    draw = ImageDraw.Draw(canvas)
    left = MARGIN
    for screen in (phone, desk):
        top = (height - screen.height) // 2
        draw.rectangle((left - 1, top - 1, left + screen.width, top + screen.height), outline=EDGE)
        canvas.paste(screen, (left, top))
        left += screen.width + MARGIN
    return canvas


def save(picture: Image.Image, path: Path) -> None:
    """As a PNG with a palette; never more than a README should weigh."""
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{path} is {size} bytes; at most {MOST_BYTES} are wanted")


def take(browser: Browser, url: str, scene: Scene) -> None:
    phone = shot(browser, url, APPLICANT, f"/ho-so/{SLUG}/{scene.accepted}", ON_PHONE)
    desk = shot(browser, url, OFFICER, f"/can-bo/ho-so/{scene.accepted}", ON_DESK)
    save(side_by_side(desk, phone), PICTURE)


def main() -> None:
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(f"Pictures need a browser: none of {', '.join(NAMES)} is on the path.")
    with stack_at(sys.argv[1:]) as url, running_chromium(chromium) as browser:
        take(browser, url, set_scene(url))
        close_connections()
    print(f"wrote {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
