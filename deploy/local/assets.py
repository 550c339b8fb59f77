"""Copies GOV.UK Frontend's style sheet and script to the gateway's static files.

Run as `python -m deploy.local.assets` after `npm ci`. The code is MIT, but others may not use its typeface and crest:
the fonts are removed from the style sheet, and nothing else of the brand is copied.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "node_modules/govuk-frontend/dist/govuk"
TARGET = ROOT / "gateway/static/govuk"
STYLES = "govuk-frontend.min.css"
SCRIPT = "govuk-frontend.min.js"
#: Fonts that ship with the systems people use here and draw every Vietnamese letter with its marks.
FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,"Liberation Sans",sans-serif'

_FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
_SOURCE_MAP = re.compile(r"\n?(/\*# sourceMappingURL=\S+ \*/|//# sourceMappingURL=\S+)")


class AssetsMissing(Exception):
    """The npm package is missing, or not as expected."""


def without_brand(styles: str) -> str:
    """The style sheet with our fonts in place of GDS Transport. Raises AssetsMissing if it names no font."""
    if "GDS Transport,arial,sans-serif" not in styles:
        raise AssetsMissing(f"{STYLES} does not name its typeface as expected: look at deploy/local/assets.py")
    plain = _FONT_FACE.sub("", styles).replace("GDS Transport,arial,sans-serif", FONTS)
    if "GDS Transport" in plain:
        raise AssetsMissing(f"{STYLES} still names GDS Transport: look at deploy/local/assets.py")
    return _SOURCE_MAP.sub("", plain)


def copy_assets(source: Path = SOURCE, target: Path = TARGET) -> None:
    """Writes the two files into `target`. Raises AssetsMissing if `npm ci` has not been run."""
    if not (source / STYLES).is_file():
        raise AssetsMissing(f"{source} is missing: run `npm ci` first")
    target.mkdir(parents=True, exist_ok=True)
    (target / STYLES).write_text(without_brand((source / STYLES).read_text(encoding="utf-8")), encoding="utf-8")
    script = _SOURCE_MAP.sub("", (source / SCRIPT).read_text(encoding="utf-8"))
    (target / SCRIPT).write_text(script, encoding="utf-8")


def main() -> int:
    try:
        copy_assets()
    except (AssetsMissing, OSError) as fault:
        print(f"assets: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
