"""Runs the stack of a checkout for the parent process, and stops it when that closes this one's input.

It runs with the Python and in the folder of the checkout that is measured (`stacks.py`), so it imports nothing of the
tests. Its argument (JSON): {"home", "more": the environment of each process, "group": a cgroup's folder or null}. It
prints what there is to measure (JSON): {"urls", "pids", "database", "seconds"}.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

from deploy.local.stack import Stack


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the stack is stopped then, too
    plan = json.loads(sys.argv[1])
    if plan["group"]:
        (Path(plan["group"]) / "cgroup.procs").write_text(str(os.getpid()))
    stack = Stack(Path(plan["home"]), 0, more=plan["more"], say=lambda _: None)
    began = time.perf_counter()
    try:
        stack.start()
        said = {
            "urls": stack.urls,
            "pids": {name: stack.pid(name) for name in stack.names},
            "database": stack.postgres.url("{database}", "postgresql"),
            "seconds": time.perf_counter() - began,
        }
        print(json.dumps(said), flush=True)
        sys.stdin.read()
    finally:
        stack.stop()


if __name__ == "__main__":
    main()
