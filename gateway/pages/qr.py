"""QR codes on a page."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """The QR code of a text, as inline SVG: the browser fetches nothing for it."""
    drawing: str = segno.make_qr(text, error="m").svg_inline(
        scale=5, border=4, light="#fff", svgclass=None, lineclass=None
    )
    return Markup(drawing)  # noqa: S704 # segno's own markup: digits and colours, no letter of the text
