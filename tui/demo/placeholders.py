"""Dates and other things in the sample letters that are only known when the demo starts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tui.demo import buildlog

_PLACEHOLDER = re.compile(r"\{\{(\w+)(?: ([^}]*))?\}\}")
_WHEN = re.compile(r"-(\d+)d (\d\d):(\d\d)|-(\d+)h|-(\d+)m")


def moment(text: str, zone: str, now: datetime) -> datetime:
    """A point in time before `now`: `-25m`, `-3h`, or `-2d 09:40` by the reader's clock.

    `zone` is "" or an offset such as +0900 to express it in. Raises ValueError for any other text.
    """
    match = _WHEN.fullmatch(text)
    if match is None:
        raise ValueError(f"not a time before now: {text!r}")
    days, hour, minute, hours, minutes = match.groups()
    if days:
        when = (now - timedelta(days=int(days))).replace(hour=int(hour), minute=int(minute), second=0)
    else:
        when = now - timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if zone:
        when = when.astimezone(datetime.strptime(zone, "%z").tzinfo or UTC)
    return when.replace(microsecond=0)


def next_week(weekday: int, now: datetime) -> datetime:
    """Midnight of a day of next week; `weekday` 0 is Monday."""
    monday = now - timedelta(days=now.weekday()) + timedelta(days=7)
    return (monday + timedelta(days=weekday)).replace(hour=0, minute=0, second=0, microsecond=0)


def _day(when: datetime) -> str:
    return f"{when:%A} {when.day} {when:%B}"


# Each takes the word after the name, "" for none.
_MEANINGS: dict[str, Callable[[str, datetime], str]] = {
    "day": lambda offset, now: _day(now + timedelta(days=int(offset))),
    "date": lambda offset, now: f"{now + timedelta(days=int(offset)):%Y-%m-%d}",
    "next": lambda weekday, now: _day(next_week(int(weekday), now)),
    "month": lambda offset, now: f"{now + timedelta(days=int(offset)):%B}",
    "year": lambda _none, now: f"{now:%Y}",
    "esc": lambda _none, _now: "\x1b",
    "rlo": lambda _none, _now: "\u202e",
    "bel": lambda _none, _now: "\x07",
    "log": lambda _none, _now: buildlog.written(),
}


def filled(text: str, now: datetime) -> str:
    """`text` with its placeholders replaced; their names are those of `_MEANINGS`."""
    return _PLACEHOLDER.sub(lambda match: _MEANINGS[match[1]](match[2] or "", now), text)
