"""librdkafka's log lines are bounded: a broker that is away makes dozens a second in each consumer."""

from __future__ import annotations

from typing import Any

from services.chassis.events.broker import LINE_SECONDS, LibrdkafkaLog

REFUSED = "FAIL [rdkafka#consumer-%d] [thrd:bootstrap]: Connect to ipv4#127.0.0.1:9092 failed: Connection refused"


class Now:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_one_line_of_each_kind_is_logged_in_a_while_with_the_number_left_out(
    log_lines: list[Any],
) -> None:
    now = Now()
    receiving = LibrdkafkaLog(now)
    for consumer in range(500):
        receiving.log(20, REFUSED, consumer)
    receiving.log(20, "SESSTMOUT [rdkafka#consumer-1]: session timed out")
    now.seconds += LINE_SECONDS - 0.1
    receiving.log(20, REFUSED, 501)
    now.seconds += 0.1
    receiving.log(20, REFUSED, 502)
    assert [(line["event"], line["line"].split(" ")[0], line["left_out"]) for line in log_lines] == [
        ("librdkafka", "FAIL", 0),
        ("librdkafka", "SESSTMOUT", 0),
        ("librdkafka", "FAIL", 500),
    ]
    assert "consumer-502" in log_lines[2]["line"]
