"""Times as they are typed after --at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tui.cli.moments import parse_time, short_time
from tui.model.error import BadUsage

NOW = datetime(2030, 1, 31, 12, 0, tzinfo=timezone(timedelta(hours=2)))

TYPED = [
    ("+10m", NOW + timedelta(minutes=10)),
    ("+90s", NOW + timedelta(seconds=90)),
    ("+2h", NOW + timedelta(hours=2)),
    ("+1d", NOW + timedelta(days=1)),
    ("18:30", NOW.replace(hour=18, minute=30)),
    ("8:05", NOW.replace(hour=8, minute=5) + timedelta(days=1)),
    ("2030-02-01T09:00", datetime(2030, 2, 1, 9, tzinfo=NOW.tzinfo)),
    ("2030-02-01 09:00", datetime(2030, 2, 1, 9, tzinfo=NOW.tzinfo)),
    ("2030-02-01T09:00Z", datetime(2030, 2, 1, 9, tzinfo=UTC)),
    ("2030-02-01T09:00+05:30", datetime(2030, 2, 1, 3, 30, tzinfo=UTC)),
]


@pytest.mark.parametrize(("text", "moment"), TYPED)
def test_times_are_understood(text: str, moment: datetime) -> None:
    assert parse_time(text, NOW) == int(moment.timestamp())


@pytest.mark.parametrize(
    "text", ["", "soon", "25:00", "12:60", "+m", "10m", "2030-13-01T00:00", "2029-01-01T00:00"]
)
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(BadUsage):
        parse_time(text, NOW)


@pytest.mark.parametrize("seconds", [None, 10**18, -(10**18)])
def test_a_time_that_no_calendar_has_is_left_empty(seconds: int | None) -> None:
    assert short_time(seconds) == ""
