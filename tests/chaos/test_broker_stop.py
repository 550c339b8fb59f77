"""The broker stops for a while: filing continues, and afterwards everybody gets all messages."""

from __future__ import annotations

import time

import pytest

from deploy.local.stack import Stack
from deploy.local.waiting import wait_until
from tests.chaos.journeys import Filing
from tests.chaos.ledger import DELIVERY_SECONDS, verify

#: Long enough that producers and consumers have given up on requests and sessions of theirs (10 s), and that every
#: subscription has restarted meanwhile (20 s).
AWAY_SECONDS = 60.0
#: Between two dossiers of a person: what is looked at afterwards is one by one, and a minute's worth is enough.
REST_SECONDS = 2.0


def test_filing_goes_on_without_the_broker_and_everybody_is_told_when_it_is_back(stack: Stack) -> None:
    if not stack.is_real_kafka:
        pytest.skip("librdkafka's broker keeps its topics in memory; with CI=true only Kafka itself will do")
    filing = Filing(stack.urls["gateway"], REST_SECONDS)
    try:
        with filing.going_on():
            filing.wait_for_all()
            stack.stop_process("kafka")
            gone = time.monotonic()
            try:
                filing.wait_for_all()
                wait_until(lambda: time.monotonic() > gone + AWAY_SECONDS, AWAY_SECONDS + 1)
                filing.wait_for_all()
                filed_meanwhile = filing.filed_since(gone)
            finally:
                stack.start_process("kafka")
            stack.wait_ready("kafka")
        assert filed_meanwhile
        assert filing.hurdles == []  # nobody who filed has noticed anything
        # A minute's messages go out one after the other, while the machine may be busy with other things.
        verify(stack, filing, 2 * AWAY_SECONDS + DELIVERY_SECONDS)
    finally:
        filing.close()
