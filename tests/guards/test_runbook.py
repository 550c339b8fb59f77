"""Metrics, log events and commands that the runbook names exist."""

from __future__ import annotations

import ast
import os
import re
import subprocess

import gateway.metrics
import services.chassis.metrics
import services.notifications.use_cases.delivery
from services.chassis.service import _parser
from tests.guards.parts import ROOT, SERVICES, nodes

DOCS = ROOT / "docs"
RUNBOOK = (DOCS / "runbook.md").read_text(encoding="utf-8")
MOMENT = "2026-11-25T00:00:00+07:00"
#: `run dossiers topics --partitions 3`; a moment may stand there as `<the restored moment>` or as a command.
_COMMAND = re.compile(
    r"(?:run |once |python -m services\.)(accounts|dossiers|notifications|\$s) ([a-z-]+)"
    r"((?: --[a-z]+ (?:<[^>]+>|\"[^\"]+\"|[^ \n`]+))*)"
)


def test_the_table_of_metrics_is_complete() -> None:
    modules = (gateway.metrics, services.chassis.metrics, services.notifications.use_cases.delivery)
    counted = {
        each._name
        for module in modules
        for each in vars(module).values()
        if hasattr(each, "_name") and hasattr(each, "_documentation")
    }
    assert set(re.findall(r"^\| `(caunoi_[a-z_]+)`", RUNBOOK, re.MULTILINE)) == counted


def test_metrics_are_made_nowhere_else() -> None:
    makers = {"Counter", "Gauge", "Histogram", "Summary"}
    places = {
        path
        for path, node in nodes("services", "gateway")
        if isinstance(node, ast.ImportFrom) and node.module == "prometheus_client"
        if makers & {alias.name for alias in node.names}
    }
    assert places == {
        "gateway/metrics.py",
        "services/chassis/metrics.py",
        "services/notifications/use_cases/delivery.py",
    }


def logged(*levels: str) -> set[str]:
    """The events that are logged, at those levels or at any."""
    return {
        node.args[0].value
        for _, node in nodes("services", "gateway")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
        if isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
        and (not levels or node.func.attr in levels)
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_log_events_in_the_runbook_arelogged() -> None:
    table = RUNBOOK.split("### Logs")[1].split("\n## ")[0]
    named = {
        name for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)
    }
    assert named
    assert named <= logged()


def test_warnings_and_errors_are_in_the_runbook() -> None:
    alarming = logged("warning", "error", "exception")
    assert alarming
    assert {event for event in alarming if f"`{event}`" not in RUNBOOK} == set()


def test_commands_in_the_runbook_are_understood() -> None:
    found = _COMMAND.findall(RUNBOOK)
    for service, command, rest in found:
        options = re.sub(r"<[^>]+>|\"[^\"]+\"", MOMENT, rest).split()
        for name in SERVICES if service == "$s" else [service]:
            parsed = _parser(SERVICES[name]).parse_args([command, *options])
            assert parsed.command == command


def test_every_command_of_every_service_is_in_the_runbook() -> None:
    named = {command for _, command, _ in _COMMAND.findall(RUNBOOK)}
    for service in SERVICES.values():
        (commands,) = (each for each in _parser(service)._actions if isinstance(each.choices, dict))
        assert set(commands.choices or ()) - {"serve", "seed"} <= named


def test_only_an_upgrade_applies_the_jobs_of_a_release_with_the_rest() -> None:
    """Elsewhere the Jobs are there already: Kubernetes refuses to change them, and the settings do not follow."""
    before, _, rest = RUNBOOK.partition("\n## Upgrade\n")
    elsewhere = before + rest.partition("\n## ")[2]
    applied = re.findall(r"kubectl apply -k deploy/kubernetes/overlays/.*|`kubectl apply -k`", elsewhere)
    assert applied
    assert [line for line in applied if "--selector" not in line] == []


#: As `kubectl get deploy` prints what the runbook asks for: namespace, name, image, replicas, new ones, ready ones.
DEPLOYMENTS = """\
caunoi-20236     accounts   caunoi/accounts:{tag}                2   2   2
caunoi-20248     accounts   registry.vn:5000/caunoi/accounts:{tag}   2   2   2
caunoi-20248     dossiers   caunoi/dossiers:0.0.9                2   2   2
caunoi-20227     dossiers   caunoi/dossiers:{tag}                2   1   2
caunoi-20227     accounts   caunoi/accounts:{tag}                2   2   <none>
caunoi-gateway   gateway    caunoi/gateway:0.0.9                 3   3   3
"""


def test_the_command_before_the_gateways_roll_out_names_each_ward_that_lags() -> None:
    """The gateway follows when every ward runs the release, with all of its pods."""
    upgrade = RUNBOOK.partition("\n## Upgrade\n")[2].partition("\n## ")[0]
    block = upgrade.partition("Upgrade the gateway last")[2]
    lines = [line.strip() for line in block.splitlines() if line.startswith("    ")]
    command = "\n".join(lines[: lines.index("kubectl apply -k deploy/kubernetes/gateway")])
    (tag,) = set(re.findall(r"newTag: (\S+?)}", (ROOT / "deploy/kubernetes/release/kustomization.yaml").read_text()))
    listed = subprocess.run(
        ["bash", "-euc", f"kubectl() {{ printf '%s' \"$LISTED\"; }}\n{command}"],
        env={"LISTED": DEPLOYMENTS.format(tag=tag), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    *lines, seen = listed.splitlines()
    found = [line.split()[:2] for line in lines]
    assert seen == "5 Deployments seen", "of the wards; an error, or the wrong cluster, is not taken for the end"
    cells = len(list((ROOT / "deploy/kubernetes/overlays").iterdir()))
    assert f"the numbers together are {len(SERVICES) * cells} " in " ".join(block.split())
    assert found == [["caunoi-20248", "dossiers"], ["caunoi-20227", "dossiers"], ["caunoi-20227", "accounts"]]
    (label,) = re.findall(r"-l (\S+)=caunoi", command)
    for folder in ("base", "gateway"):
        labels = (ROOT / f"deploy/kubernetes/{folder}/kustomization.yaml").read_text()
        assert f"pairs: {{{label}: caunoi}}" in labels
