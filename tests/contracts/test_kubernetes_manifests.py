"""Every overlay renders, holds to the Kubernetes schemas, and names every setting that a process reads."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes_validate.utils import validate

from gateway.pages import typed
from gateway.server.bounds import MB, READ_AND_DROPPED, Bounds
from gateway.streams import KEEP_ALIVE
from services.accounts.settings import Settings as AccountsSettings
from services.chassis.district import District, Ward, load_district
from services.chassis.settings import CommonSettings
from services.chassis.tokens import Role

KUBERNETES = Path("deploy/kubernetes")
WARDS = list(load_district(Path("deploy/district.toml")).cells.values())
SERVICES = ("accounts", "dossiers", "notifications")
COOKIE_OF_BROWSERS = 4096  # bytes: they take none that is larger
KUBERNETES_VERSION = "1.32"


def kubectl() -> str:
    found = shutil.which("kubectl")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("kubectl renders the manifests and is not on this machine")
        pytest.skip("kubectl renders the manifests and is not on this machine")
    return found


def rendered(directory: Path) -> list[dict[str, Any]]:
    done = subprocess.run([kubectl(), "kustomize", str(directory)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [manifest for manifest in yaml.safe_load_all(done.stdout) if manifest]


@pytest.fixture(scope="module", params=[*WARDS, None], ids=lambda ward: ward.slug if ward else "gateway")
def cell(request: pytest.FixtureRequest) -> tuple[Ward | None, list[dict[str, Any]]]:
    """A ward and its rendered manifests; None and the gateway's."""
    ward: Ward | None = request.param
    return ward, rendered(KUBERNETES / "overlays" / ward.slug if ward else KUBERNETES / "gateway")


def of_kind(manifests: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {manifest["metadata"]["name"]: manifest for manifest in manifests if manifest["kind"] == kind}


def test_there_is_one_overlay_for_each_ward_of_the_district(district: District) -> None:
    assert {path.name for path in (KUBERNETES / "overlays").iterdir()} == {ward.slug for ward in WARDS}
    assert len(district.cells) == 14


def test_manifests_hold_to_the_schemas(cell: tuple[Ward | None, list[dict[str, Any]]]) -> None:
    for manifest in cell[1]:
        validate(manifest, KUBERNETES_VERSION, strict=True)


def test_a_cell_lives_in_a_namespace_of_its_own_and_serves_its_ward_alone(
    cell: tuple[Ward | None, list[dict[str, Any]]],
) -> None:
    ward, manifests = cell
    if ward is None:
        return
    namespaced = [manifest for manifest in manifests if manifest["kind"] != "Namespace"]
    assert {manifest["metadata"]["namespace"] for manifest in namespaced} == {f"caunoi-{ward.code}"}
    (wards,) = (data["data"] for name, data in of_kind(manifests, "ConfigMap").items() if name.startswith("ward-"))
    assert wards == {"WARDS": ward.code}


def test_no_network_leads_from_practice_to_a_real_ward_or_back() -> None:
    practice, ward = (rendered(KUBERNETES / "overlays" / slug) for slug in ("tap-thu", "nam-duong"))
    (namespace,) = of_kind(practice, "Namespace").values()
    labels = namespace["metadata"]["labels"]
    (let_in,) = [rule["from"] for rule in of_kind(ward, "NetworkPolicy")["calls"]["spec"]["ingress"][:1]]
    assert not any(_matches(peer["namespaceSelector"], labels) for peer in let_in)
    calls = of_kind(practice, "NetworkPolicy")["calls"]["spec"]
    assert [rule["to"] for rule in calls["egress"]] == [[{"podSelector": {}}]]
    gateway = {"matchLabels": {"kubernetes.io/metadata.name": "caunoi-gateway"}}
    assert calls["ingress"][0]["from"] == [{"podSelector": {}}, {"namespaceSelector": gateway}]
    mail = {
        port["port"]
        for rule in of_kind(practice, "NetworkPolicy")["to-data-and-names"]["spec"]["egress"]
        for port in rule["ports"]
    }
    assert 587 not in mail


def _matches(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    return bool(selector.get("matchLabels", {}).items() <= labels.items())


def release_of(manifests: list[dict[str, Any]]) -> dict[str, str]:
    """Image → tag."""
    found = {}
    for manifest in manifests:
        if manifest["kind"] in ("Deployment", "Job"):
            pod = manifest["spec"]["template"]["spec"]
            for container in [*pod["containers"], *pod.get("initContainers", [])]:
                found[image_of(container)] = container["image"].rpartition("/")[2].partition(":")[2]
    return found


def test_images_have_the_tag_of_this_release(cell: tuple[Ward | None, list[dict[str, Any]]]) -> None:
    release = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert set(release_of(cell[1]).values()) == {release}
    assert {name.partition("-")[0] for name in of_kind(cell[1], "Job")} == (set(SERVICES) if cell[0] else set())
    for name in of_kind(cell[1], "Job"):
        assert name.endswith("-" + release.replace(".", "-")), "the label of a name has no dot"


def test_the_next_release_changes_each_deployment_and_has_jobs_of_its_own(tmp_path: Path) -> None:
    """The parts of a roll-out and of its reversal; a finished Job of the version before stops nothing."""
    copy = tmp_path / "kubernetes"
    shutil.copytree(KUBERNETES, copy)
    release = copy / "release" / "kustomization.yaml"
    text = release.read_text(encoding="utf-8")
    release.write_text(text.replace("0.1.0", "0.2.0").replace("0-1-0", "0-2-0"), encoding="utf-8")
    for directory in ("overlays/nam-duong", "gateway"):
        before, after = rendered(KUBERNETES / directory), rendered(copy / directory)
        assert set(release_of(after).values()) == {"0.2.0"}
        deployments = of_kind(before, "Deployment")
        assert deployments.keys() == of_kind(after, "Deployment").keys()
        assert not of_kind(before, "Job").keys() & of_kind(after, "Job").keys()
        assert len(of_kind(before, "Job")) == len(of_kind(after, "Job"))
        for name, job in of_kind(after, "Job").items():
            assert name.endswith("-" + job["metadata"]["labels"]["caunoi.vn/release"]), "by which it is waited for"


def test_a_job_that_failed_stays_with_the_logs_of_its_tries_for_days(
    cell: tuple[Ward | None, list[dict[str, Any]]],
) -> None:
    """Kubernetes deletes the pods of a Job that it gives up, but for those that it does not start again themselves."""
    for name, job in of_kind(cell[1], "Job").items():
        longest_holiday = 10 * 24 * 3600
        assert job["spec"].get("ttlSecondsAfterFinished", longest_holiday + 1) > longest_holiday, name
        assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never", name
        assert job["spec"]["backoffLimit"] > 0, name


def test_a_changed_setting_is_applied_without_the_jobs_of_the_release(
    cell: tuple[Ward | None, list[dict[str, Any]]],
) -> None:
    """They stay, and cannot be changed; the runbook leaves out what is labelled `caunoi.vn/job`."""
    labelled = {(each["kind"], "caunoi.vn/job" in each["metadata"].get("labels", {})) for each in cell[1]}
    assert {kind for kind, is_one in labelled if is_one} == ({"Job"} if cell[0] else set())
    assert ("Job", False) not in labelled
    runbook = Path("docs/runbook.md").read_text(encoding="utf-8")
    assert "kubectl apply -k deploy/kubernetes/overlays/nam-duong --selector '!caunoi.vn/job'" in runbook


def test_what_goes_before_the_roll_out_has_all_that_it_needs(cell: tuple[Ward | None, list[dict[str, Any]]]) -> None:
    """The runbook applies first what has no label `caunoi.vn/stage`: no Deployment, but the settings, under the names
    that they have in this version.
    """
    if cell[0] is None:
        return
    first = [each for each in cell[1] if "caunoi.vn/stage" not in each["metadata"].get("labels", {})]
    assert not of_kind(first, "Deployment")
    jobs = of_kind(first, "Job")
    for name, job in jobs.items():
        (container,) = job["spec"]["template"]["spec"]["containers"]
        maps = {source["configMapRef"]["name"] for source in container["envFrom"] if "configMapRef" in source}
        assert maps <= of_kind(first, "ConfigMap").keys(), name
    runbook = Path("docs/runbook.md").read_text(encoding="utf-8")
    upgrade = runbook.partition("\n## Upgrade\n")[2]
    wards, gateway = "kubectl apply -k deploy/kubernetes/overlays/", "kubectl apply -k deploy/kubernetes/gateway"
    assert f"{wards}nam-duong --selector '!caunoi.vn/stage'" in upgrade
    (waited,) = re.findall(r"wait --for=condition=complete job --selector (\S+)", upgrade)
    (labels,) = {frozenset(job["metadata"]["labels"].items()) for name, job in jobs.items() if "-migrate-" in name}
    assert {tuple(each.split("=")) for each in waited.split(",")} <= labels, "of this release alone"
    assert upgrade.rindex(wards) < upgrade.index(gateway), "services before the gateway"


def test_notifications_is_rolled_out_before_what_it_tells_people_of_and_goes_back_after_it(
    cell: tuple[Ward | None, list[dict[str, Any]]],
) -> None:
    """A pod of the version before skips a type of event that it does not know."""
    if cell[0] is None:
        return
    deployments = of_kind(cell[1], "Deployment")
    stages = {name: each["metadata"]["labels"]["caunoi.vn/stage"] for name, each in deployments.items()}
    assert stages == {"accounts": "serve", "dossiers": "serve", "notifications": "listen"}
    of, to = "kubectl -n $NS rollout ", "kubectl apply -k deploy/kubernetes/overlays/nam-duong"
    upgrade = Path("docs/runbook.md").read_text(encoding="utf-8").partition("\n## Upgrade\n")[2]
    steps = [line.strip() for line in upgrade.splitlines() if line.startswith("    kubectl")]
    assert [each for each in steps if "wait --for" not in each][:5] == [
        f"{to} --selector '!caunoi.vn/stage'",
        f"{to} --selector caunoi.vn/stage=listen",
        f"{of}status deploy/notifications",
        to,
        f"{of}status deploy/accounts deploy/dossiers",
    ]
    assert [each for each in steps if "undo" in each or each == f"{of}status deploy/accounts deploy/dossiers"][1:] == [
        f"{of}undo deploy/accounts deploy/dossiers",
        f"{of}status deploy/accounts deploy/dossiers",
        f"{of}undo deploy/notifications",
    ]


def test_pods_that_are_not_ready_hold_up_no_drain(cell: tuple[Ward | None, list[dict[str, Any]]]) -> None:
    budgets = of_kind(cell[1], "PodDisruptionBudget")
    assert budgets.keys() == of_kind(cell[1], "Deployment").keys()
    for each in budgets.values():
        assert each["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_pods_are_asked_at_the_listener_of_probes(cell: tuple[Ward | None, list[dict[str, Any]]]) -> None:
    for name, manifest in of_kind(cell[1], "Deployment").items():
        (container,) = manifest["spec"]["template"]["spec"]["containers"]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        environment = environment_of(cell[1], container)
        listen = "STREAMS_METRICS_LISTEN" if name == "streams" else "METRICS_LISTEN"
        assert environment[listen] == f"0.0.0.0:{ports['metrics']}"
        asked = {kind: container[f"{kind}Probe"]["httpGet"] for kind in ("liveness", "readiness", "startup")}
        assert {each["port"] for each in asked.values()} == {"metrics"}
        assert asked["readiness"]["path"] == "/readyz"
        assert asked["liveness"]["path"] == asked["startup"]["path"] == "/healthz"
        annotations = manifest["spec"]["template"]["metadata"]["annotations"]
        assert annotations["prometheus.io/port"] == str(ports["metrics"])


def test_pods_run_without_rights(cell: tuple[Ward | None, list[dict[str, Any]]]) -> None:
    for manifest in cell[1]:
        if manifest["kind"] not in ("Deployment", "Job"):
            continue
        pod = manifest["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            security = container["securityContext"]
            assert security["readOnlyRootFilesystem"] is True
            assert security["allowPrivilegeEscalation"] is False
            assert security["capabilities"]["drop"] == ["ALL"]
            assert container["resources"]["limits"]["memory"]


def test_every_listening_pod_is_opened_by_a_policy(cell: tuple[Ward | None, list[dict[str, Any]]]) -> None:
    """Where a policy denies all, a pod that no other policy selects is reached by nobody and reaches nobody."""
    policies = [each["spec"] for each in of_kind(cell[1], "NetworkPolicy").values() if each["spec"].get("egress")]
    for name, manifest in of_kind(cell[1], "Deployment").items():
        pod = manifest["spec"]["template"]
        ports = {port["containerPort"] for each in pod["spec"]["containers"] for port in each.get("ports", [])}
        mine = [each for each in policies if _selects(each["podSelector"], pod["metadata"]["labels"])]
        opened = {port["port"] for each in mine for rule in each.get("ingress", []) for port in rule.get("ports", [])}
        assert mine, name
        assert ports <= opened, name


def _selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    wanted = selector.get("matchLabels", {}).items() <= labels.items()
    return wanted and all(labels.get(each["key"]) in each["values"] for each in selector.get("matchExpressions", []))


def test_the_grace_period_leaves_time_for_the_pause_and_the_calls_in_flight(
    cell: tuple[Ward | None, list[dict[str, Any]]],
) -> None:
    for manifest in of_kind(cell[1], "Deployment").values():
        pod = manifest["spec"]["template"]["spec"]
        pause = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert pod["terminationGracePeriodSeconds"] > pause + 2 * 20


#: The content of the secrets that the README lists.
SECRETS = {
    **{f"{service}-database": {"DATABASE_URL": "postgresql://"} for service in SERVICES},
    "delivery": {"SMTP_URL": "smtp://mail:25", "SMS_KEY": "key"},
    "payments": {"PAYMENT_KEY": "key"},
    "files": {"FILES_ACCESS_KEY": "ward", "FILES_SECRET_KEY": "key"},
}


def environment_of(manifests: list[dict[str, Any]], container: dict[str, Any]) -> dict[str, str]:
    """The variables that a container gets."""
    config_maps = of_kind(manifests, "ConfigMap")
    found: dict[str, str] = {each["name"]: each["value"] for each in container.get("env", []) if "value" in each}
    for source in container.get("envFrom", []):
        if "configMapRef" in source:
            found |= config_maps[source["configMapRef"]["name"]]["data"]
        else:
            found |= SECRETS[source["secretRef"]["name"]]
    return found


def settings_given(manifests: list[dict[str, Any]], process: str) -> set[str]:
    """Names of the variables that a process's container gets, with the keys of the secrets that the README lists."""
    pod = of_kind(manifests, "Deployment")[process]["spec"]["template"]["spec"]
    return set(environment_of(manifests, pod["containers"][0]))


def test_each_container_can_read_its_settings_and_has_their_files(
    cell: tuple[Ward | None, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The containers of Deployments and Jobs, including those that run first."""
    for manifest in cell[1]:
        if manifest["kind"] not in ("Deployment", "Job"):
            continue
        pod = manifest["spec"]["template"]["spec"]
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            where = f"{manifest['metadata']['name']}/{container['name']}"
            environment = environment_of(cell[1], container)
            with only(environment, monkeypatch):
                _settings_of(container)()
            mounts = [mount["mountPath"] for mount in container.get("volumeMounts", [])]
            files = [each for each in environment.values() if each.startswith("/")]
            if manifest["kind"] == "Job":
                files = []  # it reads no key; but Kafka's, who makes topics
            if "migrate" not in container.get("args", []):
                files += re.findall(r'"(/[^"]+)"', environment.get("KAFKA_OPTIONS", ""))
            assert not [file for file in files if not file.startswith(tuple(mounts))], where


@contextmanager
def only(environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """These variables and no others, as in a container."""
    with monkeypatch.context() as patch:
        for name in list(os.environ):
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        yield


def test_signers_and_who_appoints_them_show_a_second_factor_in_each_ward(
    cell: tuple[Ward | None, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages of a local stack can be tried with only a password; what is deployed cannot."""
    ward, manifests = cell
    if ward is None:
        return
    (container,) = of_kind(manifests, "Deployment")["accounts"]["spec"]["template"]["spec"]["containers"]
    with only(environment_of(manifests, container), monkeypatch):
        assert AccountsSettings().roles_with_second_factor(ward.code) >= {Role.SIGNER, Role.WARD_ADMIN}


def test_the_table_of_needed_objects_lists_what_manifests_name_and_do_not_make() -> None:
    """Else an operator makes all of the table, and a pod waits for what is not in it."""
    text = (KUBERNETES / "README.md").read_text(encoding="utf-8")
    table: dict[tuple[str, str], str] = {}
    for kind, names, holds in re.findall(r"^\| (Secret|ConfigMap) (`.+?`) \| (.+) \|$", text, re.MULTILINE):
        table |= {(kind, name): holds for name in re.findall(r"`([^`]+)`", names)}
    needed = needed_by(rendered(KUBERNETES / "overlays" / "nam-duong"))
    assert table.keys() == needed
    for name, values in SECRETS.items():
        assert all(f"`{key}`" in table["Secret", name] for key in values), name
    for kind, name in needed_by(rendered(KUBERNETES / "gateway")):
        assert f"{kind} `{name}`" in text
    # What the settings name as a file of a Secret is in the table by its name.
    (options,) = re.findall(r"^KAFKA_OPTIONS=(.+)$", (KUBERNETES / "base/settings.env").read_text(), re.MULTILINE)
    for file in re.findall(r"/var/run/caunoi/kafka/([^\"]+)", options):
        assert f"`{file}`" in table["Secret", "kafka"]


def needed_by(manifests: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Kind and name of the Secrets and ConfigMaps that pods name and the manifests do not make."""
    named = set()
    for manifest in manifests:
        if manifest["kind"] not in ("Deployment", "Job"):
            continue
        pod = manifest["spec"]["template"]["spec"]
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            for source in container.get("envFrom", []):
                named |= {("Secret", source["secretRef"]["name"])} if "secretRef" in source else set()
                named |= {("ConfigMap", source["configMapRef"]["name"])} if "configMapRef" in source else set()
        for volume in pod.get("volumes", []):
            named |= {("Secret", volume["secret"]["secretName"])} if "secret" in volume else set()
            named |= {("ConfigMap", volume["configMap"]["name"])} if "configMap" in volume else set()
    return named - {(manifest["kind"], manifest["metadata"]["name"]) for manifest in manifests}


def image_of(container: dict[str, Any]) -> str:
    """The name of its image, without registry and tag."""
    name: str = container["image"].rpartition("/")[2].partition(":")[0]
    return name


def _settings_of(container: dict[str, Any]) -> type[CommonSettings]:
    image = image_of(container)
    module = importlib.import_module("gateway.settings" if image == "gateway" else f"services.{image}.settings")
    settings: type[CommonSettings] = module.Settings
    return settings


@pytest.mark.parametrize("process", [*SERVICES, "gateway"])
def test_every_setting_that_a_process_reads_is_in_its_manifests_and_no_other(process: str) -> None:
    gateway = process == "gateway"
    module = importlib.import_module("gateway.settings" if gateway else f"services.{process}.settings")
    settings: type[CommonSettings] = module.Settings
    read = {name.upper() for name in settings.model_fields} - NOT_FOR_PRODUCTION
    read |= read_by_gunicorn() if gateway else set()
    directory = KUBERNETES / "gateway" if gateway else KUBERNETES / "overlays" / "nam-duong"
    given = settings_given(rendered(directory), process)
    assert read - given == set(), "read by the process, missing in the manifests"
    unread = given - read - (set() if gateway else of_the_cell())
    assert unread == set(), "in the manifests, read by nobody"


def read_by_gunicorn() -> set[str]:
    """Variables that the web server's own configuration reads, but for one whose default is right in a container."""
    configuration = Path("gateway/gunicorn.conf.py").read_text()
    return set(re.findall(r'os\.environ\.get\("([A-Z_]+)"', configuration)) - {"PROMETHEUS_MULTIPROC_DIR"}


#: Where a cluster has another way: the local stack's catcher and provider, a secret as a value instead of a file.
NOT_FOR_PRODUCTION = {"CATCHER_URL", "PAYMENTS_URL", "SECRET_KEY"}


def of_the_cell() -> set[str]:
    """Settings that every service of a cell gets from the shared map, though one of them may not read each."""
    lines = (KUBERNETES / "base" / "settings.env").read_text().splitlines()
    return {line.split("=", 1)[0] for line in lines if line and not line.startswith("#")}


def test_the_gateway_is_reached_by_the_ingress_controller_alone_and_its_metrics_by_monitoring() -> None:
    """Else a pod could call itself a proxy, and read whom the gateway serves."""
    manifests = rendered(KUBERNETES / "gateway")
    settings = next(data["data"] for name, data in of_kind(manifests, "ConfigMap").items() if "settings" in name)
    assert settings["TRUSTED_PROXIES"] != "0"
    assert settings["TRUSTED_NETWORKS"]
    controller = yaml.safe_load((KUBERNETES / "ingress-controller.yaml").read_text(encoding="utf-8"))
    opened: dict[int, list[str]] = {}
    for rule in of_kind(manifests, "NetworkPolicy")["gateway"]["spec"]["ingress"]:
        for port in rule["ports"]:
            opened.setdefault(port["port"], []).extend(_who(peer) for peer in rule["from"])
    assert opened.pop(8080) == opened.pop(8081) == [controller["metadata"]["namespace"]]
    assert opened == {9464: ["monitoring", "gateway"], 9465: ["monitoring"]}
    services = of_kind(manifests, "Service")
    # Names the pods to each other, and has no address of its own.
    peers = services.pop("gateway-peers")["spec"]
    assert (peers["clusterIP"], [port["port"] for port in peers["ports"]]) == ("None", [9464])
    assert settings["GATEWAY_PEERS"] == "gateway-peers:9464"
    for service in services.values():
        assert [port["targetPort"] for port in service["spec"]["ports"]] == ["http"], "no way from outside to metrics"


def _who(peer: dict[str, Any]) -> str:
    """A namespace, or a kind of pod in this namespace."""
    if "podSelector" in peer:
        return str(peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"])
    return str(peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"])


def test_all_headers_of_an_answer_find_room_behind_the_ingress() -> None:
    """What was typed, and the session, come as cookies: nginx answers 502 for more than its buffer, after the act."""
    ingress = yaml.safe_load((KUBERNETES / "gateway/ingress.yaml").read_text(encoding="utf-8"))
    told = ingress["metadata"]["annotations"]
    (buffer,) = re.findall(r"^(\d+)k$", told["nginx.org/proxy-buffer-size"])
    others = 4096  # Content-Security-Policy and the rest
    assert int(buffer) * 1024 >= typed.LONGEST + COOKIE_OF_BROWSERS + others
    (number, size) = re.findall(r"^(\d+) (\d+)k$", told["nginx.org/proxy-buffers"])[0]
    assert int(size) >= int(buffer)
    assert int(number) > 3, "nginx wants more room than two buffers that are being sent, and one"


def test_the_ingress_has_the_deadlines_of_the_gateway_and_lets_its_refusals_through() -> None:
    """A sender of 12 MB is to read the gateway's page, and a stream may be silent for 15 s."""
    manifests = rendered(KUBERNETES / "gateway")
    settings = next(data["data"] for name, data in of_kind(manifests, "ConfigMap").items() if "settings" in name)
    ingress = of_kind(manifests, "Ingress")["gateway"]
    assert ingress["spec"]["ingressClassName"] == "nginx"
    told = {name.removeprefix("nginx.org/"): value for name, value in ingress["metadata"]["annotations"].items()}
    assert told["client-max-body-size"] == f"{READ_AND_DROPPED // MB}m"
    assert int(told["proxy-read-timeout"].removesuffix("s")) > max(float(settings["REQUEST_SECONDS"]), KEEP_ALIVE)
    controller = yaml.safe_load((KUBERNETES / "ingress-controller.yaml").read_text(encoding="utf-8"))
    validate(controller, KUBERNETES_VERSION, strict=True)
    directives = dict(re.findall(r"^(\w+) (?:addresses )?(\w+);$", controller["data"]["http-snippets"], re.MULTILINE))
    assert directives["client_header_timeout"] == f"{settings['WEB_HEAD_SECONDS']}s"
    assert directives["client_body_timeout"] == directives["send_timeout"] == f"{settings['WEB_BODY_SECONDS']}s"
    assert controller["data"]["keepalive-timeout"] == f"{Bounds().keepalive_seconds}s"
    assert int(directives["limit_conn"]) < int(settings["WEB_CONNECTIONS"])
    # Heads that stall are in no share, and a request that is passed on holds two connections.
    connections = int(controller["data"]["worker-connections"])
    assert 20 * int(directives["limit_conn"]) < 2 * connections < int(controller["data"]["worker-rlimit-nofile"])
    assert int(settings["TRUSTED_PROXIES"]) == 1, "else all people share what one address may have"
