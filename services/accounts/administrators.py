"""`python -m services.accounts administrator-link --ward 20248`: a link with which the ward's first administrator opens
their account. `… staff-link --ward 20248 --username quantri.nam-duong`: a link for a member of staff, such as the last
administrator, who has lost the password or second factor. They set another password, and their second factor is
removed.

A link is printed once and is good once, within a day (docs/runbook.md). The ward's administrators are told about the
first kind of link; the owner of the account is told about the second.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any
from uuid import uuid4

from services.accounts.domain.codes import RESET_STAFF_ACCOUNT
from services.accounts.settings import Settings
from services.accounts.storage import staff as storage
from services.accounts.use_cases.administration import issue_ticket, note_operator
from services.accounts.use_cases.links import LINK_LIFE, issue
from services.accounts.use_cases.telling import tell_administrators, tell_staff
from services.chassis.cells import Cells
from services.chassis.clock import VIETNAM, Clock
from services.chassis.service import Command, acting_as_service
from services.chassis.unit import Unit


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ward", required=True)
    parser.add_argument("--another", action="store_true", help="although the ward has an administrator")


def _run(options: Any, settings: Any, cells: Cells, clock: Clock) -> int:
    assert isinstance(settings, Settings)
    cell = cells[options.ward]
    if cell.ward.is_practice:
        print("nobody signs in to work in the practice ward", file=sys.stderr)
        return 2
    acting = acting_as_service("administrator-link", cell, f"administrator-link-{uuid4().hex}")
    with acting as call, cell.database.transaction() as session:
        names = [each.username for each in storage.administrators(session)]
        if names and not options.another:
            print(
                f"{cell.ward.name} has an administrator: {', '.join(names)}. A link for one more: --another",
                file=sys.stderr,
            )
            return 1
        unit = Unit(cell, session, call, clock.now())
        ticket = issue_ticket(unit)
        untold = [one.username for one in tell_administrators(unit, "account-administrator-link")]
    if untold:
        print(f"Without phone and e-mail, so told on their pages alone: {', '.join(untold)}", file=sys.stderr)
    until = (unit.now + LINK_LIFE).astimezone(VIETNAM)
    print(f"For the administrator of {cell.ward.name}, once, until {until:%H:%M %d/%m/%Y}:")
    print(f"{settings.public_base_url.rstrip('/')}/quan-tri/lan-dau/{cell.ward.slug}#{ticket}")
    return 0


LINK = Command(_run, _options, "make a link with which the ward's first administrator opens their account")


def _options_of_staff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ward", required=True)
    parser.add_argument("--username", required=True, help="as it is typed to sign in")


def _run_for_staff(options: Any, settings: Any, cells: Cells, clock: Clock) -> int:
    assert isinstance(settings, Settings)
    cell = cells[options.ward]
    acting = acting_as_service("staff-link", cell, f"staff-link-{uuid4().hex}")
    with acting as call, cell.database.transaction() as session:
        member = storage.named(session, options.username)
        if member is None or member.has_left:
            print(f"{cell.ward.name} has nobody of that user name", file=sys.stderr)
            return 1
        unit = Unit(cell, session, call, clock.now())
        ticket = issue(unit, RESET_STAFF_ACCOUNT, member.id)
        note_operator(unit, "issue-staff-link", member.id)
        tell_staff(unit, member, "account-link-made")
        named = member.full_name
    until = (unit.now + LINK_LIFE).astimezone(VIETNAM)
    print(f"For {named} of {cell.ward.name}, once, until {until:%H:%M %d/%m/%Y}; it removes their second factors:")
    print(f"{settings.public_base_url.rstrip('/')}/can-bo/lan-dau/{cell.ward.slug}#{ticket}")
    return 0


STAFF_LINK = Command(
    _run_for_staff, _options_of_staff, "make a link with which a member of staff gets back into their account"
)
