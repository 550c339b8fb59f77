"""`make bench-cells`: a ward with processes of its own beside one at full load, on one machine.

Each ward has a stack of its own, which configuration alone makes: `WARDS` names the one ward that its services serve
(deploy/kubernetes has an overlay for each). Kubernetes would give both the same share of processor time: here each
stack and its load generator are a control group with the same CPU weight, where this process may make such groups, as
root may. Where it may not, the processes compete as they are, and the output says so. `--seconds` is how long each
row is measured.

The first ward is looked at at a constant rate, far below its share of the processors. In a closed loop two clients take
nearly two cores while they are alone and have one beside the other ward: the ratio would measure the lost core.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.local.keys import SERVICES
from deploy.local.waiting import wait_until
from tests.e2e.api import close_connections
from tests.load import generator, table
from tests.load.client import Request
from tests.load.people import prepare, residents_of
from tests.load.stacks import UNLIMITED, RunningStack, running_stack

#: The measured ward, with its looks a second, and the loaded ward, with its number of clients.
QUIET, LOUD = "20242", "20248"
LOOKS_PER_SECOND, CLIENTS = 20, 20
CGROUPS = Path("/sys/fs/cgroup")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.cells", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    print(f"{table.machine()} before it begins")
    with ExitStack() as stacks:
        groups = stacks.enter_context(cpu_groups(QUIET, LOUD))
        if groups is None:
            print("No control groups can be made here: the processes of both wards compete as they are.")
        quiet, loud = (
            _cell(stacks, ward, None if groups is None else groups[at]) for at, ward in enumerate((QUIET, LOUD))
        )
        stacks.callback(close_connections)
        table.head()
        own = (None, None) if groups is None else (groups[0], groups[1])
        looks = _looks(quiet, QUIET, 1), _looks(loud, LOUD, CLIENTS)
        generator.measure_beside(
            quiet, looks[0], loud, looks[1], options.seconds, per_second=LOOKS_PER_SECOND, groups=own
        )
    print(f"{table.machine()} at the end")


def _cell(stacks: ExitStack, ward: str, group: Path | None) -> RunningStack:
    home = Path(stacks.enter_context(tempfile.TemporaryDirectory(prefix="caunoi-cells-")))
    more = {name: {**UNLIMITED.get(name, {}), "WARDS": ward} for name in (*SERVICES, "gateway")}
    return stacks.enter_context(running_stack(home, more=more, group=group))


def _looks(stack: RunningStack, ward: str, clients: int) -> Sequence[Sequence[Request]]:
    """Looks at a dossier of the ward's own residents, by this number of clients."""
    citizens = residents_of(stack.gateway, ward)
    prepare(citizens, 1)
    looks = [citizen.openings() for citizen in citizens]
    return [looks[at % len(looks)] for at in range(clients)]


@contextmanager
def cpu_groups(*names: str) -> Iterator[tuple[Path, ...] | None]:
    """A control group of the same CPU weight for each name, removed at the end; None where none can be made."""
    made: list[Path] = []
    try:
        try:
            parent = _parent()
            for name in names:
                made.append(parent / f"caunoi-{os.getpid()}-{name}")
                made[-1].mkdir()
        except OSError:
            yield None
            return
        yield tuple(made)
    finally:
        for group in made:
            if group.is_dir():
                wait_until(lambda group=group: not (group / "cgroup.procs").read_text(), 10)  # type: ignore[misc]
                group.rmdir()


def _parent() -> Path:
    """Where groups with a CPU weight are made: version 2 as it is usually mounted, or version 1's controller.

    Each begins with the default weight, so all have the same. Raises OSError where this process may make none.
    """
    if (CGROUPS / "cgroup.controllers").exists():
        (CGROUPS / "cgroup.subtree_control").write_text("+cpu")
        return CGROUPS
    if (CGROUPS / "cpu" / "cpu.shares").exists() or (CGROUPS / "cpu" / "cgroup.procs").exists():
        return CGROUPS / "cpu"
    raise FileNotFoundError(CGROUPS)


if __name__ == "__main__":
    main()
