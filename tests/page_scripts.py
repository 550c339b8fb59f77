"""Numbers that only the pages' scripts contain."""

from __future__ import annotations

import re
from pathlib import Path

_GUIDANCE = Path(__file__).parent.parent / "gateway" / "static" / "guidance.js"


def heartbeat_seconds() -> float:
    """How often the citizen's open page says that it is still open."""
    script = _GUIDANCE.read_text("utf-8")
    (milliseconds,) = re.findall(r"^const HEARTBEAT = ([\d_]+);", script, re.MULTILINE)
    assert "HEARTBEAT * (0.9 + Math.random() / 5)" in script, "a tenth earlier or later"
    return int(milliseconds) / 1000
