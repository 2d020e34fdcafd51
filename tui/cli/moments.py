"""Times as they are typed after an option and as a list shows them. Pure but for the local time zone."""

from __future__ import annotations

from datetime import datetime

from tui.model.error import BadUsage
from tui.model.moment import parse_moment


def parse_time(text: str, now: datetime) -> int:
    """Unix seconds of `text`, as `model.moment` understands it; `now` is the present time with a zone.

    Raises BadUsage for what is no time and for a time gone by.
    """
    moment = parse_moment(text, now)
    if moment is None:
        raise BadUsage(f"{text!r} is no time.", "Write it as 18:30, tomorrow 8:00, +2h or 2030-01-31T18:30.")
    if moment < now:
        raise BadUsage(f"{text} has gone by.", "Leave --at out to send at once.")
    return int(moment.timestamp())


def short_time(seconds: int | None) -> str:
    """Local date and time for a column, "" for none or one that no calendar has."""
    if seconds is None:
        return ""
    try:
        return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        return ""
