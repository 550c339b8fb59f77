"""The alerting rules name metrics that exist and chapters of the runbook."""

from __future__ import annotations

import re
from typing import Any

import yaml

import gateway.metrics
import services.chassis.metrics
import services.notifications.use_cases.delivery
from services.chassis.events.inbox import PARKING_CAP
from services.notifications.domain.budget import Use, most
from tests.guards.parts import ROOT
from tests.guards.test_runbook import logged

RULES = [
    rule
    for group in yaml.safe_load((ROOT / "deploy/prometheus/alerts.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
BY_NAME = {rule["alert"]: rule for rule in RULES}
#: Metrics of kube-state-metrics.
KUBERNETES = {
    "kube_job_failed": ("namespace", "job_name", "condition"),
    "kube_job_status_active": ("namespace", "job_name"),
    "kube_deployment_status_replicas_available": ("namespace", "deployment"),
    "kube_deployment_status_replicas_unavailable": ("namespace", "deployment"),
}
METRICS = {
    each._name: each
    for module in (gateway.metrics, services.chassis.metrics, services.notifications.use_cases.delivery)
    for each in vars(module).values()
    if hasattr(each, "_labelnames")
}
_SUFFIXES = {"gauge": ("",), "counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
#: A metric that Prometheus reads → its labels.
SERIES = {
    name + suffix: (*each._labelnames, *(["le"] if suffix == "_bucket" else []))
    for name, each in METRICS.items()
    for suffix in _SUFFIXES[each._type]
} | KUBERNETES
_METRIC = re.compile(r"\b(?:caunoi|kube)_\w+")
RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")


def test_each_alert_names_a_metric_of_the_runbook_and_what_to_do() -> None:
    for rule in RULES:
        assert set(_METRIC.findall(rule["expr"])) <= SERIES.keys(), rule["alert"]
        chapter = rule["annotations"]["runbook"].partition("#")[2]
        assert chapter in {re.sub(r"[^a-z ]", "", title.lower()).replace(" ", "-") for title in _titles()}
        assert f"`{rule['alert']}`" in RUNBOOK


def test_each_metric_has_an_alert_or_a_reason_why_it_has_none() -> None:
    rows = dict(re.findall(r"^\| `(caunoi_\w+)` \|.*\| ([^|]+) \|$", RUNBOOK, re.MULTILINE))
    assert rows.keys() == METRICS.keys()
    for metric, told in rows.items():
        asking = {
            rule["alert"]
            for rule in RULES
            if any(name.startswith(metric) and name in SERIES for name in _METRIC.findall(rule["expr"]))
        }
        assert set(re.findall(r"`([A-Z]\w+)`", told)) >= asking, metric
        assert asking or re.match(r"none: .{20}", told), metric


def test_alerts_ask_for_labels_that_their_metrics_have_and_name_no_other() -> None:
    for rule in RULES:
        labels = set.intersection(*(set(SERIES[metric]) for metric in _METRIC.findall(rule["expr"])))
        grouped = {label for each in re.findall(r"by \(([\w, ]+)\)", rule["expr"]) for label in each.split(", ")}
        matched = set(re.findall(r"[{,] ?(\w+)(?:=|!=|=~)\"", rule["expr"]))
        assert grouped | matched <= labels, rule["alert"]
        assert set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])) <= grouped, rule["alert"]


def test_each_error_of_the_log_calls_somebody_by_itself_or_by_an_alert_of_its_own() -> None:
    """The events that the rule leaves out are logged at that level, and all of them still exist."""
    left_out = set(re.findall(r'event!~"([^"]+)"', BY_NAME["ErrorLogged"]["expr"]))
    (names,) = left_out
    assert set(names.split("|")) <= logged("error", "exception")


def test_the_subscription_that_has_stopped_is_told_of_at_its_cap() -> None:
    assert BY_NAME["SubscriptionStopped"]["expr"].endswith(f" >= {PARKING_CAP}")


def test_streams_are_told_of_before_they_are_full() -> None:
    settings = (ROOT / "deploy/kubernetes/gateway/settings.env").read_text(encoding="utf-8")
    (most,) = map(int, re.findall(r"^STREAMS_OPEN=(\d+)$", settings, re.MULTILINE))
    assert BY_NAME["StreamsNearlyFull"]["expr"].endswith(f" > {most * 8 // 10}")


def test_quantiles_are_asked_at_a_bound_of_their_buckets() -> None:
    """Between two bounds Prometheus guesses."""
    for rule in RULES:
        for metric, bound in re.findall(r"rate\((caunoi_\w+)_bucket.*> ([\d.]+)$", rule["expr"]):
            assert float(bound) in METRICS[metric]._upper_bounds, rule["alert"]


def test_a_ward_that_no_pod_serves_and_one_that_is_not_heard_of_are_told_of_within_minutes() -> None:
    """For three services each: a healthy service does not hide another one, and a healthy pod does not hide its
    neighbour.
    """
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
