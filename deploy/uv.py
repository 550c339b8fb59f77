"""Prints the locked uv as a requirement with its hashes: `python deploy/uv.py | pip install -r /dev/stdin`.

pip installs uv, and uv the rest. Needs only the standard library.
"""

import tomllib
from pathlib import Path

lock = tomllib.loads(Path("uv.lock").read_text(encoding="utf-8"))
uv = next(package for package in lock["package"] if package["name"] == "uv")
print(f"uv=={uv['version']}", *(f"--hash={wheel['hash']}" for wheel in uv["wheels"]))
