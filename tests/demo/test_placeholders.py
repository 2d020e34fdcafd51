from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tui.demo.placeholders import filled, moment, next_week

NOW = datetime(2026, 11, 24, 10, 30, 12, 345, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("-25m", "", "2026-11-24T10:05:12+01:00"),
        ("-3h", "", "2026-11-24T07:30:12+01:00"),
        ("-2d 09:40", "", "2026-11-22T09:40:00+01:00"),
        ("-2d 09:40", "+0900", "2026-11-22T17:40:00+09:00"),
    ],
)
def test_moments(text: str, zone: str, expected: str) -> None:
    assert moment(text, zone, NOW).isoformat() == expected


@pytest.mark.parametrize("text", ["", "25m", "-25", "-2d", "+3h", "-2d 9:40"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match="not a time before now"):
        moment(text, "", NOW)


@pytest.mark.parametrize("today", range(1, 15))
def test_next_week_is_never_this_week(today: int) -> None:
    now = NOW.replace(day=today)
    tuesday = next_week(1, now)
    assert tuesday.weekday() == 1
    assert tuesday.isocalendar()[:2] == (now + timedelta(days=7)).isocalendar()[:2]


def test_filled() -> None:
    assert filled("on {{day +8}}, {{date -1}}, {{next 1}}", NOW) == (
        "on Wednesday 2 December, 2026-11-23, Tuesday 1 December"
    )
    assert filled("{{esc}}[31m {not one} {{month +0}} {{year}}", NOW) == "\x1b[31m {not one} November 2026"
