"""Times as people type them and as a list shows them. Pure but for the local time zone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from tui.model.error import BadUsage

_LATER = re.compile(r"\+(\d{1,5})([smhd])")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_time(text: str, now: datetime) -> int:
    """Unix seconds of `text`: +10m, 18:30 (the next one) or ISO 8601, local where it names no offset.

    `now` is the present time with a zone. Raises BadUsage for anything else and for a time gone by.
    """
    moment = _later(text, now) or _clock(text, now) or _iso(text, now)
    if moment is None:
        raise BadUsage(f"{text!r} is no time.", "Write it as 18:30, +10m, +2h or 2030-01-31T18:30.")
    if moment < now:
        raise BadUsage(f"{text} has gone by.", "Leave --at out to send at once.")
    return int(moment.timestamp())


def _later(text: str, now: datetime) -> datetime | None:
    found = _LATER.fullmatch(text.strip())
    return now + timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def _clock(text: str, now: datetime) -> datetime | None:
    found = _CLOCK.fullmatch(text.strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    moment = now.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    return moment if moment > now else moment + timedelta(days=1)


def _iso(text: str, now: datetime) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def short_time(seconds: int | None) -> str:
    """Local date and time for a column, "" for none or one that no calendar has."""
    if seconds is None:
        return ""
    try:
        return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        return ""
