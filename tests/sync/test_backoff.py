"""Waiting after failures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.error import Busy, Offline
from tui.sync.backoff import LONGEST_DELAY, RETRY_MINUTES, Backoff, Pace, pace, send_delay


def test_delays_double_up_to_five_minutes() -> None:
    state, delays = Backoff(), []
    for _ in range(12):
        delay, state = state.after(Offline("gone"), jitter=1.0)
        delays.append(delay)
    assert delays[:5] == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert delays[-1] == LONGEST_DELAY


@given(st.integers(0, 40), st.floats(0, 0.999))
def test_jitter_keeps_between_half_and_all(failures: int, jitter: float) -> None:
    delay, _ = Backoff(min(failures, 16)).after(Offline("gone"), jitter)
    ceiling = min(LONGEST_DELAY, 2.0 ** min(failures, 16))
    assert ceiling / 2 <= delay <= ceiling


@pytest.mark.parametrize(
    ("host", "seconds"),
    [
        ("smtp.office365.com", 2.0),
        ("SMTP-MAIL.outlook.com.", 2.0),
        ("notoutlook.com", 0.0),
        ("mail.contoso.example", 0.0),
    ],
)
def test_services_that_take_few_messages_a_minute(host: str, seconds: float) -> None:
    assert pace(host) == seconds


def test_a_busy_server_is_given_the_time_it_names() -> None:
    assert Backoff().after(Busy("later", wait=900.0))[0] >= 900.0
    assert Backoff().after(Busy("later"))[0] >= 60.0


def test_sending_is_tried_after_1_5_15_60_minutes_and_then_every_four_hours() -> None:
    assert [send_delay(n) // 60 for n in range(1, 8)] == [*RETRY_MINUTES, RETRY_MINUTES[-1]]


def test_the_pace_is_kept_by_account_also_after_a_rest() -> None:
    now = [100.0]
    paces = Pace(lambda: now[0])
    exchange = "smtp.office365.com"
    assert [paces.turn("you@example.org", exchange) for _ in range(3)] == [0.0, 2.0, 4.0]
    assert paces.turn("other@example.org", exchange) == 0.0
    assert [paces.turn("quick@example.org", "mail.contoso.example") for _ in range(3)] == [0.0] * 3
    now[0] += 5.0
    assert paces.turn("you@example.org", exchange) == 1.0
    now[0] += 60.0
    assert paces.turn("you@example.org", exchange) == 0.0
