"""Set-up does what has to be done, once."""

from __future__ import annotations

import json
import threading
from functools import partial
from pathlib import Path

import pytest

from deploy.local import setup
from deploy.local.setup import (
    KAFKA,
    STEPS,
    SetupFault,
    Stamps,
    Step,
    alone,
    call,
    digest_of,
    require_means,
    run_steps,
)
from deploy.local.waiting import wait_until


class Workshop:
    """Steps that write down that they were made."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.made: list[str] = []
        self.said: list[str] = []
        (root / "lock").write_text("one")

    def step(self, name: str, *after: str, fails: bool = False, inputs: tuple[str, ...] = ("lock",)) -> Step:
        def make(root: Path) -> None:
            self.made.append(name)
            if fails:
                raise SetupFault(f"{name} broke")
            (root / f"{name}.out").touch()

        return Step(name, inputs, f"{name}.out", make, after)

    def run(self, *steps: Step) -> None:
        run_steps(steps, self.root, Stamps(self.root / "state" / "setup.json"), self.said.append)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def test_a_step_is_made_once(workshop: Workshop) -> None:
    workshop.run(workshop.step("a"))
    workshop.run(workshop.step("a"))
    assert workshop.made == ["a"]
    assert len(workshop.said) == 1


def test_a_step_is_made_again_when_an_input_changed(workshop: Workshop) -> None:
    workshop.run(workshop.step("a"))
    (workshop.root / "lock").write_text("two")
    workshop.run(workshop.step("a"))
    assert workshop.made == ["a", "a"]


def test_a_step_is_made_again_when_an_input_was_added_or_renamed(workshop: Workshop) -> None:
    step = workshop.step("a", inputs=("*.proto",))
    (workshop.root / "x.proto").write_text("message")
    first = digest_of(step, workshop.root)
    (workshop.root / "x.proto").rename(workshop.root / "y.proto")
    assert digest_of(step, workshop.root) != first


def test_a_step_is_made_again_when_what_it_made_is_gone(workshop: Workshop) -> None:
    workshop.run(workshop.step("a"))
    (workshop.root / "a.out").unlink()
    workshop.run(workshop.step("a"))
    assert workshop.made == ["a", "a"]


def test_a_step_waits_for_the_one_before(workshop: Workshop) -> None:
    workshop.run(workshop.step("b", "a"), workshop.step("a"))
    assert workshop.made == ["a", "b"]


def test_what_a_failed_step_would_feed_is_not_tried(workshop: Workshop) -> None:
    with pytest.raises(SetupFault, match="a broke"):
        workshop.run(workshop.step("a", fails=True), workshop.step("b", "a"), workshop.step("c", "b"))
    assert workshop.made == ["a"]


def test_a_failed_step_is_tried_again_and_the_others_are_not(workshop: Workshop) -> None:
    with pytest.raises(SetupFault):
        workshop.run(workshop.step("a", fails=True), workshop.step("other"))
    workshop.run(workshop.step("a"), workshop.step("other"))
    assert sorted(workshop.made) == ["a", "a", "other"]


def test_a_step_that_fails_after_it_had_succeeded_is_not_taken_for_done(workshop: Workshop) -> None:
    workshop.run(workshop.step("a"))
    (workshop.root / "lock").write_text("two")
    with pytest.raises(SetupFault):
        workshop.run(workshop.step("a", fails=True))
    (workshop.root / "lock").write_text("one")
    workshop.run(workshop.step("a"))
    assert workshop.made == ["a", "a", "a"]


def test_a_step_that_makes_nothing_is_a_fault(workshop: Workshop) -> None:
    with pytest.raises(SetupFault, match=r"nothing\.out is not there"):
        workshop.run(Step("a", ["lock"], "nothing.out", lambda _: None))


def test_stamps_that_were_cut_off_count_for_nothing(workshop: Workshop) -> None:
    (workshop.root / "state").mkdir()
    (workshop.root / "state" / "setup.json").write_text('{"a": "12')
    workshop.run(workshop.step("a"))
    assert list(json.loads((workshop.root / "state" / "setup.json").read_text())) == ["a"]


def test_a_command_that_fails_shows_what_it_said_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SetupFault, match=r"(?s)Fetching.*no route to host.*Plug it in"):
        call("Fetching", ["sh", "-c", "echo no route to host >&2; exit 7"], tmp_path, "Plug it in.")


def test_a_command_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupFault, match=r"no-such-tool is not on this machine\. Get one\."):
        call("Fetching", ["no-such-tool"], tmp_path, "Get one.")


def test_a_full_disk_is_told_apart_from_a_network_that_is_away(tmp_path: Path) -> None:
    with pytest.raises(SetupFault, match="The disk is full") as caught:
        call("Fetching", ["sh", "-c", "echo 'No space left on device (os error 28)'; exit 2"], tmp_path, "Plug it in.")
    assert "Plug it in." not in str(caught.value)


def test_all_that_a_machine_lacks_is_told_at_once_and_before_anything_is_made(tmp_path: Path) -> None:
    lacking = ["no npm", "no venv"]
    steps = [Step(text, [], text, lambda _: None, lacks=partial(str, text)) for text in lacking]
    with pytest.raises(SetupFault, match="no npm\nno venv"):
        require_means(tmp_path, steps)


def test_too_little_room_for_the_packages_is_told_before_they_are_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "LEAST_FREE_BYTES", 1 << 60)
    with pytest.raises(SetupFault, match=r"Only \d+ MB are free"):
        require_means(tmp_path, [])
    (tmp_path / ".venv").mkdir()
    require_means(tmp_path, [])


def test_a_second_setup_waits_for_the_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order = []

    def second() -> None:
        with alone(tmp_path):
            order.append("second")

    waiting = threading.Thread(target=second)
    with alone(tmp_path):
        waiting.start()
        assert wait_until(lambda: "waiting for it" in capsys.readouterr().out, 10)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def test_a_checkout_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / ".local").touch()
    with pytest.raises(SetupFault, match=r"has to be yours, and not read-only"), alone(tmp_path):
        pass


def test_every_step_has_inputs_that_are_in_the_checkout() -> None:
    for step in (*STEPS, KAFKA):
        for pattern in step.inputs:
            assert list(Path().glob(pattern)), f"{step.name}: {pattern}"
