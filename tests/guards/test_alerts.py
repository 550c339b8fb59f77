"""The alerting rules name metrics that exist and chapters of the runbook."""

from __future__ import annotations

import re

import yaml

from services.notifications.domain.budget import Use, most
from tests.guards.parts import ROOT

RULES = [
    rule
    for group in yaml.safe_load((ROOT / "deploy/prometheus/alerts.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")


def test_each_alert_names_a_metric_of_the_runbook_and_what_to_do() -> None:
    for rule in RULES:
        for metric in re.findall(r"caunoi_\w+", rule["expr"]):
            assert f"`{metric}`" in RUNBOOK
        chapter = rule["annotations"]["runbook"].partition("#")[2]
        assert chapter in {re.sub(r"[^a-z ]", "", title.lower()).replace(" ", "-") for title in _titles()}
        assert f"`{rule['alert']}`" in RUNBOOK


def test_the_alarms_of_sms_go_off_where_a_use_has_to_stop() -> None:
    limits = {rule["alert"]: float(rule["expr"].split()[-1]) for rule in RULES}
    assert limits["NoticesWait"] * 100 == most(100, Use.NOTICE)
    assert limits["NoCodesForOpening"] * 100 == most(100, Use.OPEN_CODE)
    assert limits["NoCodesForFiling"] * 100 == most(100, Use.OWN_CODE)
    assert limits["SmsBudgetRunsLow"] < limits["NoticesWait"]


def _titles() -> list[str]:
    return re.findall(r"^#+ (.+)$", RUNBOOK, re.MULTILINE)
