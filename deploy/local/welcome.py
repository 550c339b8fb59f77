"""What the console shows once the stack runs: where to go, and whom to be."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from deploy.local.stack import Stack


def welcome(stack: Stack, people: Path, seconds: float) -> str:
    gateway = stack.urls["gateway"]
    memory = sum(stack.memory().values()) // 1_000_000
    return f"""
Cầu Nối runs (ready after {seconds:.1f} s, {memory} MB of memory).

  Pages              {gateway}/
  Phường Nam Dương   {gateway}/nam-duong/
  SMS and e-mails    {gateway}/dev/messages
  API                {gateway}/api/v1/openapi.json
  Logs               {stack.home / "logs"}

{log_ins(people)}
Ctrl-C stops it; the data stay in {stack.home} for the next start."""


def log_ins(people: Path) -> str:
    data: dict[str, Any] = tomllib.loads(people.read_text(encoding="utf-8"))
    return repr(data)
