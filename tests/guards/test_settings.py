"""Every setting is read by code and named in deploy/kubernetes, and nothing else is.

`tests/contracts/test_kubernetes_manifests.py` compares the rendered manifests, and needs kubectl.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.settings import CommonSettings, ServiceSettings
from tests.contracts.test_kubernetes_manifests import NOT_FOR_PRODUCTION, SECRETS, read_by_gunicorn
from tests.guards.parts import ROOT, SERVICES, nodes

KUBERNETES = ROOT / "deploy/kubernetes"
each_process = pytest.mark.parametrize("process", [*SERVICES, "gateway"])


def settings_of(process: str) -> type[CommonSettings]:
    module = importlib.import_module("gateway.settings" if process == "gateway" else f"services.{process}.settings")
    settings: type[CommonSettings] = module.Settings
    return settings


def lines_of(path: Path) -> set[str]:
    """The names that a file of settings has a value for."""
    return set(re.findall(r"^([A-Z0-9_]+)=", path.read_text("utf-8"), re.MULTILINE))


@each_process
def test_every_setting_has_its_line_and_every_line_a_setting(process: str) -> None:
    read = {name.upper() for name in settings_of(process).model_fields} - NOT_FOR_PRODUCTION
    if process == "gateway":
        own, shared = lines_of(KUBERNETES / "gateway/settings.env"), set[str]()
        read |= read_by_gunicorn()
    else:
        own, shared = lines_of(KUBERNETES / f"base/{process}.env"), lines_of(KUBERNETES / "base/settings.env")
    elsewhere = {"WARDS", *(name for values in SECRETS.values() for name in values)}  # an overlay's, and secrets
    assert read - own - shared - elsewhere == set(), "give it a line (docs/contributing.md, To add a setting)"
    assert own - read == set(), "no process reads it"


def fields(of: type[CommonSettings]) -> set[str]:
    return set(of.model_fields)


@each_process
def test_every_setting_is_read(process: str) -> None:
    """By its name, or by the beginning that it has in common with others (`f"bank_{name}"`)."""
    own = fields(settings_of(process)) - fields(CommonSettings if process == "gateway" else ServiceSettings)
    folder = "gateway" if process == "gateway" else f"services/{process}"
    names, beginnings = set[str](), set[str]()
    for text in texts_of(folder):
        (beginnings if text.endswith("_") else names).add(text)
    assert [name for name in sorted(own - names) if not name.startswith(tuple(beginnings))] == []


def test_every_setting_of_all_processes_is_read() -> None:
    names = set(texts_of("services/chassis", "gateway"))
    assert sorted(fields(ServiceSettings) - names - {f"{name}_address" for name in SERVICES}) == []


def texts_of(*folders: str) -> Iterator[str]:
    """What may name a setting: attributes that are read, and texts."""
    for _, node in nodes(*folders):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
