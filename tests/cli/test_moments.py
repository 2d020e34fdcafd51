"""Times as they are typed after --at."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tui.cli.moments import parse_time, short_time
from tui.model.error import BadUsage

NOW = datetime(2030, 1, 31, 12, 0, tzinfo=timezone(timedelta(hours=2)))


def test_a_time_is_given_in_unix_seconds() -> None:
    assert parse_time("18:30", NOW) == int(NOW.replace(hour=18, minute=30).timestamp())


@pytest.mark.parametrize("text", ["", "soon", "2029-01-01T00:00"])
def test_no_time_and_one_gone_by_are_refused(text: str) -> None:
    with pytest.raises(BadUsage):
        parse_time(text, NOW)


@pytest.mark.parametrize("seconds", [None, 10**18, -(10**18)])
def test_a_time_that_no_calendar_has_is_left_empty(seconds: int | None) -> None:
    assert short_time(seconds) == ""
