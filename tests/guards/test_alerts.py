"""The alerting rules name metrics that exist and chapters of the runbook."""

from __future__ import annotations

import re
from typing import Any

import yaml

import services.chassis.metrics
from services.notifications.domain.budget import Use, most
from tests.guards.parts import ROOT

RULES = [
    rule
    for group in yaml.safe_load((ROOT / "deploy/prometheus/alerts.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
BY_NAME = {rule["alert"]: rule for rule in RULES}
LABELS = {
    each._name: each._labelnames for each in vars(services.chassis.metrics).values() if hasattr(each, "_labelnames")
}
RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")


def test_each_alert_names_a_metric_of_the_runbook_and_what_to_do() -> None:
    for rule in RULES:
        for metric in re.findall(r"caunoi_\w+", rule["expr"]):
            assert f"`{metric}`" in RUNBOOK
        chapter = rule["annotations"]["runbook"].partition("#")[2]
        assert chapter in {re.sub(r"[^a-z ]", "", title.lower()).replace(" ", "-") for title in _titles()}
        assert f"`{rule['alert']}`" in RUNBOOK


def test_alerts_ask_for_labels_that_their_metrics_have_and_name_no_other() -> None:
    for rule in RULES:
        for metric in re.findall(r"caunoi_\w+", rule["expr"]):
            labels = set(LABELS[metric])
            (grouped, *_) = re.findall(r"by \(([\w, ]+)\)", rule["expr"])
            assert set(grouped.split(", ")) <= labels, rule["alert"]
            assert set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])) <= set(grouped.split(", "))


def test_a_ward_that_no_pod_serves_and_one_that_is_not_heard_of_are_told_of_within_minutes() -> None:
    """Of three services each: one that is well does not hide another, nor one pod its neighbour."""
    not_ready, silent, partly = (BY_NAME[name] for name in ("WardNotReady", "WardSilent", "WardPartlyReady"))
    assert not_ready["expr"] == "max by (ward, process) (caunoi_ward_ready) == 0"
    assert partly["expr"] == "min by (ward, process) (caunoi_ward_ready) == 0"
    assert " unless group by (ward, process) (caunoi_ward_ready)" in silent["expr"]
    assert {_minutes(not_ready), _minutes(silent)} == {2}
    assert {not_ready["labels"]["severity"], silent["labels"]["severity"]} == {"critical"}
    assert _minutes(partly) > _minutes(not_ready), "a roll-out has pods that wait for their tables"


def test_a_failed_job_of_any_namespace_of_ours_is_told_of_until_it_is_deleted() -> None:
    rule = BY_NAME["JobFailed"]
    (namespaces,) = re.findall(r'namespace=~"([^"]+)"', rule["expr"])
    for path in (ROOT / "deploy/kubernetes").glob("*/*/kustomization.yaml"):
        assert re.fullmatch(namespaces, yaml.safe_load(path.read_text(encoding="utf-8"))["namespace"]), path
    assert "for" not in rule, "Kubernetes has tried for minutes already"


def _minutes(rule: dict[str, Any]) -> int:
    return int(rule["for"].removesuffix("m"))


def test_the_alarms_of_sms_go_off_where_a_use_has_to_stop() -> None:
    limits = {rule["alert"]: float(rule["expr"].split()[-1]) for rule in RULES if "sms" in rule["expr"]}
    assert limits["NoticesWait"] * 100 == most(100, Use.NOTICE)
    assert limits["NoCodesForOpening"] * 100 == most(100, Use.OPEN_CODE)
    assert limits["NoCodesForFiling"] * 100 == most(100, Use.OWN_CODE)
    assert limits["SmsBudgetRunsLow"] < limits["NoticesWait"]


def _titles() -> list[str]:
    return re.findall(r"^#+ (.+)$", RUNBOOK, re.MULTILINE)
