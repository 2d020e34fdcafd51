"""Meetings in text/calendar parts (RFC 5545, RFC 5546): only what a person needs to decide."""

from __future__ import annotations

import datetime
import re

from tui.model.content import Invitation
from tui.model.safe_text import safe_line

_FOLD = re.compile(r"\r?\n[ \t]")
_NAME = re.compile(r"[A-Za-z-]+")
_PARAMETER = re.compile(r';([A-Za-z-]++)=((?:"[^"]*+"|[^";:]++)*)')
_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z)?)?")
_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?)?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SHOWN = re.compile(r"(?P<day>\w+ \d+ \w+ \d+), (?P<time>\d\d:\d\d)(?P<zone>(?: \(.*\))?)")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = ("week", "day", "hour", "minute")
_LONGEST = 500_000
_MOST = 20


def read(text: str) -> tuple[Invitation, ...]:
    """The events of a calendar text. Times stay in the zone they name: "Sun 1 Mar 2026, 10:00 (UTC)"."""
    method = ""
    events: list[Invitation] = []
    current: dict[str, str] | None = None
    nested = 0
    for line in _FOLD.sub("", text[:_LONGEST]).splitlines():
        found = _property(line)
        if found is None:
            continue
        name, parameters, value = found
        if name == "METHOD" and current is None:
            method = value.upper()
        elif name == "BEGIN":
            if value.upper() == "VEVENT" and current is None:
                current = {}
            elif current is not None:
                nested += 1
        elif name == "END" and current is not None:
            if nested:
                nested -= 1
                continue
            events.append(_event(method, current))
            current = None
            if len(events) >= _MOST:
                break
        elif current is not None and not nested:
            current.setdefault(name, _value(name, parameters, value))
    return tuple(events)


def _property(line: str) -> tuple[str, dict[str, str], str] | None:
    """Name, parameters and value of a content line (RFC 5545 3.1), or None when it is none."""
    name = _NAME.match(line)
    if name is None:
        return None
    parameters: dict[str, str] = {}
    position = name.end()
    while match := _PARAMETER.match(line, position):
        parameters[match[1].upper()] = match[2].strip('"')
        position = match.end()
    if not line.startswith(":", position):
        return None
    return name[0].upper(), parameters, line[position + 1 :].strip()


def _value(name: str, parameters: dict[str, str], value: str) -> str:
    if name in ("DTSTART", "DTEND"):
        return _moment(value, parameters.get("TZID", ""))
    if name == "ORGANIZER":
        address = re.sub(r"^mailto:", "", value, flags=re.IGNORECASE)
        common = parameters.get("CN", "")
        return f"{common} <{address}>" if common and common != address else address
    if name == "DURATION":
        return _duration(value)
    return _ESCAPED.sub(lambda match: " " if match[1] in "nN" else match[1], value)


def _moment(value: str, zone: str) -> str:
    match = _TIME.match(value)
    if match is None:
        return value
    try:
        date = datetime.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return value
    day = f"{_DAYS[date.weekday()]} {date.day} {_MONTHS[date.month - 1]} {date.year}"
    if match[4] is None:
        return day
    where = " (UTC)" if match[7] else f" ({zone})" if zone else ""
    return f"{day}, {match[4]}:{match[5]}{where}"


def _duration(value: str) -> str:
    match = _DURATION.match(value.lstrip("+"))
    if match is None:
        return ""
    parts = [
        (int(count), unit)
        for count, unit in zip(match.groups(), _UNITS, strict=True)
        if count and int(count[:6])
    ]
    return ", ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts)


def _span(start: str, end: str) -> tuple[str, str]:
    """Start and end, with the day said once where both are on it, and the zone once where it is the same."""
    first, last = _SHOWN.fullmatch(start), _SHOWN.fullmatch(end)
    if first is None or last is None or first["zone"] != last["zone"]:
        return start, end
    same_day = first["day"] == last["day"]
    return f"{first['day']}, {first['time']}", f"{last['time']}{last['zone']}" if same_day else end


def _event(method: str, found: dict[str, str]) -> Invitation:
    end = found.get("DTEND", "")
    if not end and found.get("DURATION"):
        end = f"after {found['DURATION']}"
    start, end = _span(found.get("DTSTART", ""), end)
    return Invitation(
        method=safe_line(method, 40),
        summary=safe_line(found.get("SUMMARY", ""), 300),
        start=safe_line(start, 100),
        end=safe_line(end, 100),
        location=safe_line(found.get("LOCATION", ""), 300),
        organizer=safe_line(found.get("ORGANIZER", ""), 300),
    )
