"""Times to come, as people type them. Pure: the present is given."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MORNING = time(8, 0)
_AFTER = re.compile(
    r"(?:\+|in )\s*(\d{1,5})\s*(s|m|h|d|w|sec|min|minutes?|hours?|days?|weeks?)", re.IGNORECASE
)
_CLOCK = re.compile(r"(?:at )?(\d{1,2})(?::(\d{2}))?\s*([ap]m)?", re.IGNORECASE)
_DAY = re.compile(r"(today|tomorrow|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\b[, ]*(.*)", re.IGNORECASE)


def parse_moment(text: str, now: datetime) -> datetime | None:
    """The moment that `text` means, seen from `now` (with a zone); None when it means none.

    Understood are `+10m` and `in 2 hours`; `18:30` and `6 pm` (the next one); `tomorrow`, `today 17:00`,
    `mon 9:00` (8:00 where no time is named); and ISO 8601, local where it names no offset. It may have gone
    by already.
    """
    words = " ".join(text.split())
    ways: tuple[Callable[[str, datetime], datetime | None], ...] = (_after, _next_clock, _on_a_day, _iso)
    return next((moment for way in ways if (moment := way(words, now)) is not None), None)


def _after(words: str, now: datetime) -> datetime | None:
    found = _AFTER.fullmatch(words)
    return now + timedelta(**{_UNITS[found[2][0].lower()]: int(found[1])}) if found else None


def _next_clock(words: str, now: datetime) -> datetime | None:
    clock = _clock(words)
    if clock is None or words.isdecimal():
        return None
    moment = _at(now, clock)
    return moment if moment > now else moment + timedelta(days=1)


def _on_a_day(words: str, now: datetime) -> datetime | None:
    found = _DAY.fullmatch(words)
    if not found:
        return None
    day, rest = found[1].lower(), found[2]
    clock = _clock(rest) if rest else _MORNING
    if clock is None:
        return None
    if day in ("today", "tomorrow"):
        return _at(now + timedelta(days=day == "tomorrow"), clock)
    ahead = (_DAYS.index(day[:3]) - now.weekday()) % 7
    moment = _at(now + timedelta(days=ahead), clock)
    return moment if moment > now else moment + timedelta(days=7)


def _iso(words: str, now: datetime) -> datetime | None:
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def _clock(words: str) -> time | None:
    found = _CLOCK.fullmatch(words)
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _at(day: datetime, clock: time) -> datetime:
    return day.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
