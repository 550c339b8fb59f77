"""Shared by all tests: keys, the district, and a clock that moves only when a test moves it."""

from __future__ import annotations

import gc
import json
import logging
import os
import sys
from collections.abc import Generator, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import HealthCheck, settings
from structlog.testing import capture_logs
from xdist.scheduler import LoadScopeScheduling

from services.chassis.clock import VIETNAM
from services.chassis.district import District, load_district
from tests.fakes.clock import SettableClock

if TYPE_CHECKING:
    from deploy.local.stack import Stack

NAM_DUONG = "20248"

# What is imported and collected stays to the end of the run. Looking through it for garbage, again and again, took a
# quarter of the time of the unit tests: the collector begins with what comes after.
gc.disable()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    collected = yield
    gc.freeze()
    gc.enable()
    return collected


# A busy machine is slow, not wrong: examples have no time limit of their own.
settings.register_profile("caunoi", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("caunoi")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """With `-n 2 --dist loadgroup` the tests of one folder run in one worker, in their order, the largest folder first.

    A worker has one stack. Those that look at every page begin on one, those over HTTP on the other; the browsers'
    stories, and then those that kill the stack's parts, follow where there is time first. xdist's own scheduler of that
    name reads the groups from where pytest 9.2 does not keep them any more.
    """
    return _ByFolder(config, log) if config.getoption("dist") == "loadgroup" else None


class _ByFolder(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("::", maxsplit=1)[0].rpartition("/")[0]


@pytest.fixture(scope="session", autouse=True)
def _quiet_logs() -> None:
    """Tests look at answers and databases; the log lines of faults that they provoke would only hide what failed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@pytest.fixture(scope="module", autouse=True)
def _constants_stay(request: pytest.FixtureRequest) -> Iterator[None]:
    """The tests of a process share forms and tables: what one test changes, all later ones see."""
    before = _constants(request.module)
    yield
    after = _constants(request.module)
    changed = [name for name, value in before.items() if after[name] != value]
    assert not changed, f"the tests of {request.node.nodeid} changed {changed}"


def _constants(tests: ModuleType) -> dict[str, str]:
    """The data in capitals that these tests name, and what several modules of tests share, as text.

    Of an object in it, the text says only which one it is.
    """
    loaded = list(sys.modules.items())  # at once: a thread of a service may be importing
    shared = [each for name, each in loaded if name.startswith("tests.") and ".test_" not in name]
    return {
        f"{module.__name__}.{name}": json.dumps(value, default=id, skipkeys=True)
        for module in [tests, *shared]
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, dict | list)
    }


@pytest.fixture(scope="session")
def district() -> District:
    return load_district(Path("deploy/district.toml"))


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory, district: District) -> Iterator[Path]:
    """A directory of fresh keys, as deploy/local makes them.

    A test reads the keys of all wards several times, for each service that it starts, so each is computed only once.
    """
    from joserfc.jwk import ECKey  # here, so that unit tests do not wait for what these import

    from deploy.local.keys import make_keys

    directory = tmp_path_factory.mktemp("keys")
    make_keys(directory, list(district.cells.values()))
    compute = ECKey.import_key
    computed = cache(lambda jwk: compute(json.loads(jwk)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ECKey, "import_key", lambda jwk: computed(json.dumps(jwk)))
        yield directory


@pytest.fixture
def clock() -> SettableClock:
    """Tuesday 6 October 2020, 9 o'clock in Đà Nẵng."""
    return SettableClock(datetime(2020, 10, 6, 9, 0, tzinfo=VIETNAM))


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """The whole system, running: one for all tests of a worker that need it."""
    from tests.running_stack import running_stack  # here, so that unit tests do not wait for what it imports

    with running_stack(request.session) as running:
        yield running


@pytest.fixture(scope="session")
def url(request: pytest.FixtureRequest) -> str:
    """The address of the tests' stack, or the one at `CAUNOI_TEST_URL`, for quick rounds by hand."""
    given = os.environ.get("CAUNOI_TEST_URL")
    address: str = given or request.getfixturevalue("stack").urls["gateway"]
    return address


@pytest.fixture
def log_lines() -> Iterator[list[Any]]:
    """The log lines of the test, at every level."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(0))
    with capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        yield lines
    structlog.configure(**before)
