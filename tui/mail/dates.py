"""The Date field: RFC 5322 3.3 with its obsolete forms, and the other forms that mail carries in the wild."""

from __future__ import annotations

import re
from calendar import monthrange, timegm
from datetime import date, datetime

from tui.mail import parameters

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
# Minutes east of UTC (RFC 5322 4.3). Military letters were defined the wrong way round in RFC 822: taken as
# UTC.
_ZONES = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0,
    "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "cet": 60, "cest": 120, "met": 60, "mest": 120, "mez": 60, "mesz": 120, "bst": 60, "west": 60, "wet": 0,
    "eet": 120, "eest": 180, "msk": 180, "jst": 540, "kst": 540, "hkt": 480, "aest": 600, "aedt": 660,
    "nzst": 720, "nzdt": 780, "akst": -540, "akdt": -480, "hst": -600, "ast": -240, "adt": -180,
}  # fmt: skip
_TIME = (
    r"(?P<hour>\d{1,2})\s?[:.]\s*(?P<minute>\d{1,2})(?:\s*[:.]\s*(?P<second>\d{1,2})(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>[ap]m)\b)?"
)
_ZONE = r"(?:\s*(?P<zone>[+-]\s?\d{1,2}:?\d{2}\b|[+-]\d{3,5}|[a-z]+(?:[+-]\d{1,2}(?::?\d{2})?)?))?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # 21 Nov 1997 09:55:06 -0600, also 21-Nov-97
        rf"(?P<day>\d{{1,2}})[\s.-]*(?P<month>[a-z]{{3}})[a-z]*[\s.,-]*(?P<year>\d{{2,4}})[\s,]+{_TIME}{_ZONE}",
        # Nov 21 09:55:06 [-0600] 1997, the form of C's asctime
        rf"(?P<month>[a-z]{{3}})[a-z]*\s+(?P<day>\d{{1,2}}),?\s+{_TIME}(?P<zone2>\s+[+-]\d{{4}}|\s+[a-z]{{1,5}})?"
        rf"\s+(?P<year>\d{{4}}){_ZONE}",
        # Nov 21, 1997 09:55:06
        rf"(?P<month>[a-z]{{3}})[a-z]*\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}),?\s+{_TIME}{_ZONE}",
        # 1997-11-21T09:55:06Z
        rf"(?P<year>\d{{4}})[-/](?P<month>\d{{1,2}})[-/](?P<day>\d{{1,2}})[t\s]+{_TIME}{_ZONE}",
        # 21 Nov 1997 without a time
        r"(?P<day>\d{1,2})[\s-]+(?P<month>[a-z]{3})[a-z]*[\s,-]+(?P<year>\d{4})\b",
    )
)
# The first of the forms as nearly all mail has it, which takes a fourth of the time.
_USUAL = re.compile(
    r"(?:[A-Z][a-z]{2}, )?([0-3]?[0-9]) ([A-Z][a-z]{2}) (19[0-9]{2}|[2-9][0-9]{3})"
    r" ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([0-9]{2})([0-9]{2})(?: \([A-Z]{1,5}\))?"
)
_LONGEST = 300
_EPOCH = date(1970, 1, 1).toordinal()


def parse(value: str) -> tuple[int, int] | None:
    """Unix seconds and minutes east of UTC of a Date field's value, or None when it names no moment.

    A missing or unknown zone counts as UTC. Two-digit years are read by RFC 5322 4.3.
    """
    if (usual := _USUAL.fullmatch(value)) and (moment := _usual_moment(usual)):
        return moment
    text = parameters.without_comments(value[:_LONGEST])
    for form in _FORMS:
        if match := form.search(text):
            return _moment(match.groupdict())
    return None


def _usual_moment(found: re.Match[str]) -> tuple[int, int] | None:
    """None for what needs the longer way, or is no moment at all."""
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    number = _MONTHS.get(month.lower(), 0)
    if not number or hour > "23" or minute > "59" or second > "59" or hours > "23" or minutes > "59":
        return None
    try:
        days = date(int(year), number, int(day)).toordinal() - _EPOCH
    except ValueError:
        return None
    offset = (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
    return ((days * 24 + int(hour)) * 60 + int(minute) - offset) * 60 + int(second), offset


def _moment(found: dict[str, str | None]) -> tuple[int, int] | None:
    month_text = (found["month"] or "").lower()
    month = int(month_text) if month_text.isdecimal() else _MONTHS.get(month_text, 0)
    year = _year(found["year"] or "")
    day = int(found["day"] or 0)
    hour, minute = int(found.get("hour") or 0), int(found.get("minute") or 0)
    second = min(int(found.get("second") or 0), 59)  # a leap second is the second before it
    half = (found.get("half") or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if not 1 <= month <= 12 or not 1900 <= year <= 9999 or hour > 23 or minute > 59:
        return None
    if not 1 <= day <= monthrange(year, month)[1]:
        return None
    offset = _offset(found.get("zone") or found.get("zone2") or "")
    return timegm((year, month, day, hour, minute, second)) - offset * 60, offset


def _year(digits: str) -> int:
    year = int(digits or 0)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


def _offset(zone: str) -> int:
    zone = zone.strip().lower()
    named = re.match(r"(?:gmt|utc?)(?=[+-])", zone)
    if named:
        zone = zone[named.end() :]
    if not zone or zone[0] not in "+-":
        return _ZONES.get(zone, 0)
    digits = re.sub(r"\D", "", zone)
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 23 or minutes > 59:
        return 0
    return (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)


def write(moment: datetime) -> str:
    """`moment` (with its zone) as a Date field's value, always in English (RFC 5322 3.3)."""
    months = tuple(_MONTHS)
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()]
    offset = moment.utcoffset()
    minutes = int(offset.total_seconds()) // 60 if offset is not None else 0
    sign = "-" if minutes < 0 else "+"
    zone = f"{sign}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"
    month = months[moment.month - 1].title()
    return f"{weekday}, {moment.day} {month} {moment.year:04d} {moment:%H:%M:%S} {zone}"
