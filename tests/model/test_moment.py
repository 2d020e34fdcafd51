"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.moment import parse_moment

NOW = datetime(2030, 1, 31, 12, 0, tzinfo=timezone(timedelta(hours=2)))  # a Thursday
TODAY = NOW.replace(hour=0)

TYPED = [
    ("+10m", NOW + timedelta(minutes=10)),
    ("+90s", NOW + timedelta(seconds=90)),
    ("+2h", NOW + timedelta(hours=2)),
    ("+1d", NOW + timedelta(days=1)),
    ("in 2 hours", NOW + timedelta(hours=2)),
    ("in 15 min", NOW + timedelta(minutes=15)),
    ("In 1 week", NOW + timedelta(weeks=1)),
    ("18:30", TODAY + timedelta(hours=18, minutes=30)),
    ("8:05", TODAY + timedelta(days=1, hours=8, minutes=5)),
    ("6 pm", TODAY + timedelta(hours=18)),
    ("12am", TODAY + timedelta(days=1)),
    ("12:15 PM", TODAY + timedelta(hours=12, minutes=15)),
    ("tomorrow", TODAY + timedelta(days=1, hours=8)),
    ("tomorrow 9:30", TODAY + timedelta(days=1, hours=9, minutes=30)),
    ("Tomorrow at 7", TODAY + timedelta(days=1, hours=7)),
    ("today 17:00", TODAY + timedelta(hours=17)),
    ("today 9:00", TODAY + timedelta(hours=9)),
    ("mon 9:00", TODAY + timedelta(days=4, hours=9)),
    ("Friday", TODAY + timedelta(days=1, hours=8)),
    ("thursday 13:00", TODAY + timedelta(hours=13)),
    ("thu 11:00", TODAY + timedelta(days=7, hours=11)),
    ("2030-02-01T09:00", datetime(2030, 2, 1, 9, tzinfo=NOW.tzinfo)),
    ("2030-02-01 09:00", datetime(2030, 2, 1, 9, tzinfo=NOW.tzinfo)),
    ("2030-02-01T09:00Z", datetime(2030, 2, 1, 9, tzinfo=UTC)),
    ("2030-02-01T09:00+05:30", datetime(2030, 2, 1, 3, 30, tzinfo=UTC)),
]


@pytest.mark.parametrize(("text", "moment"), TYPED)
def test_times_are_understood(text: str, moment: datetime) -> None:
    assert parse_moment(text, NOW) == moment


@pytest.mark.parametrize(
    "text", ["", "soon", "25:00", "12:60", "+m", "10m", "8", "13 pm", "monday 25:00", "2030-13-01T00:00"]
)
def test_others_are_not(text: str) -> None:
    assert parse_moment(text, NOW) is None


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_time_or_none(text: str) -> None:
    moment = parse_moment(text, NOW)
    assert moment is None or moment.tzinfo is not None
