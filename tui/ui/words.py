"""Dates, sizes and states in the words people use. Pure: the time now is always handed in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from tui.model.event import AccountStatus, Phase
from tui.model.message import Address
from tui.model.safe_text import safe_line

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_BRIEF = 40
"""Letters of the beginning of a sentence that the status line has room for."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def date_width(iso: bool) -> int:
    """Cells that `short_date` needs at most."""
    return 16 if iso else 10


def short_date(when: float, now: float, iso: bool = False) -> str:
    """A date for a list, in local time: 14:05, Yesterday, Mon 12 Oct (this year), 03.02.2024.

    `iso` gives 2024-02-03 14:05 instead. Times are Unix seconds; one that no calendar has gives "".
    """
    try:
        day, today = datetime.fromtimestamp(when), datetime.fromtimestamp(now)
    except (OverflowError, OSError, ValueError):
        return ""
    if iso:
        return f"{day:%Y-%m-%d %H:%M}"
    if day.date() == today.date():
        return f"{day:%H:%M}"
    if day.date() == (today - timedelta(days=1)).date():
        return "Yesterday"
    if day.year == today.year and day < today:
        return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return f"{day:%d.%m.%Y}"


def clock(when: float) -> str:
    """The time of day, in local time: "14:05"; "" for what no calendar has."""
    try:
        return f"{datetime.fromtimestamp(when):%H:%M}"
    except (OverflowError, OSError, ValueError):
        return ""


def moment(when: float, now: float) -> str:
    """A time for a sentence, in local time: "14:05" today, else with its day; "" for what no calendar has."""
    day, time = short_date(when, now), clock(when)
    return day if day == time or not day else f"{day}, {time}"


def long_date(when: float | None, now: float) -> str:
    """A date for reading, in local time: "Mon 12 Oct 2026, 14:05", today and yesterday by name."""
    if when is None:
        return "no date"
    try:
        day, today = datetime.fromtimestamp(when), datetime.fromtimestamp(now)
    except (OverflowError, OSError, ValueError):
        return "no date that a calendar has"
    name = f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}, {day:%H:%M}"
    if day.date() == today.date():
        return f"Today {day:%H:%M}"
    if day.date() == (today - timedelta(days=1)).date():
        return f"Yesterday {day:%H:%M}"
    return name


def size(octets: int) -> str:
    """Octets as people read them: 812 B, 14 KB, 2.3 MB (of 1,000)."""
    if octets < 1000:
        return f"{octets} B"
    value = float(octets)
    for unit in ("KB", "MB", "GB"):
        value /= 1000
        if value < 999.5 or unit == "GB":
            break
    return f"{value:.1f} {unit}" if value < 9.95 and unit != "KB" else f"{value:,.0f} {unit}"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 message", "1,240 messages"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def span(seconds: float) -> str:
    """A length of time, rounded up to what matters: 30 s, 3 min, 2 h."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600)} h"


def person(address: Address) -> str:
    """Name of a mailbox made safe, or its address where the name is empty or poses as an address."""
    name = safe_line(address.name or "").strip()
    shown = safe_line(address.address)
    return shown or name or "nobody" if not name or "@" in name else name


def mailbox(address: Address) -> str:
    """Name and address of a mailbox, both made safe."""
    name, shown = safe_line(address.name or "").strip(), safe_line(address.address)
    return f"{name} <{shown}>" if name and name.casefold() != shown.casefold() else shown or name or "nobody"


def people(addresses: Sequence[Address]) -> str:
    """Several mailboxes by their names; "nobody" for none."""
    return ", ".join(person(address) for address in addresses) or "nobody"


def status(state: AccountStatus, now: float) -> str:
    """An account's state as a sentence for the status line; `now` in Unix seconds."""
    if state.phase is Phase.FETCHING:
        return _fetching(state, now)
    if state.phase in {Phase.OFFLINE, Phase.BUSY} and state.until > now:
        return f"{_since(state)}, again in {span(state.until - now)}"
    if state.phase is Phase.BROKEN and 0 < len(brief := re.split(r"[:.]", state.what)[0]) <= _BRIEF:
        return f"{safe_line(brief)} (press !)"
    if state.phase is Phase.UP_TO_DATE and state.problems:
        return f"{_since(state)} · {count(len(state.problems), 'problem')} (press !)"
    return _since(state)


def trouble(state: AccountStatus) -> bool:
    """Whether the state needs the person (what the key `!` puts right)."""
    return state.phase in {Phase.SIGN_IN, Phase.UNTRUSTED, Phase.BROKEN}


def worth_asking(state: AccountStatus) -> bool:
    """Whether there is more to tell than the status line has room for."""
    return bool(state.problems or state.what)


KEYRING_WAITS = "◌ Waiting for your keyring… It may ask for its own password, in a window of its own."
"""Said while the keyring does not answer."""

DOTS: dict[Phase, tuple[str, str]] = {
    Phase.STARTING: ("○", "dim"),
    Phase.CONNECTING: ("◌", "dim"),
    Phase.FETCHING: ("◐", "accent"),
    Phase.UP_TO_DATE: ("●", "good"),
    Phase.OFFLINE: ("○", "dim"),
    Phase.BUSY: ("◌", "warn"),
    Phase.SIGN_IN: ("▲", "bad"),
    Phase.UNTRUSTED: ("▲", "bad"),
    Phase.BROKEN: ("▲", "bad"),
    Phase.STOPPED: ("○", "dim"),
}
"""The mark of a phase and the tone it is drawn in; the shape alone tells them apart."""

_PHASES: dict[Phase, str] = {
    Phase.STARTING: "Starting",
    Phase.CONNECTING: "Connecting",
    Phase.FETCHING: "Fetching",
    Phase.UP_TO_DATE: "Up to date",
    Phase.OFFLINE: "Offline since",
    Phase.BUSY: "The server asks for patience",
    Phase.SIGN_IN: "Sign in again (press !)",
    Phase.UNTRUSTED: "Server not trusted (press !)",
    Phase.BROKEN: "Something is wrong (press !)",
    Phase.STOPPED: "Stopped",
}


def _since(state: AccountStatus) -> str:
    words = _PHASES[state.phase]
    if state.phase is Phase.UP_TO_DATE and state.since:
        return f"{words} {clock(state.since)}".strip()
    if state.phase is Phase.OFFLINE:
        return f"{words} {clock(state.since)}" if state.since else "Offline"
    return words


def _fetching(state: AccountStatus, now: float) -> str:
    if not state.total:
        return "Fetching" + (f" {safe_line(state.folder, 40)}" if state.folder else "")
    words = f"Fetching {state.done:,} of {state.total:,}"
    spent = now - state.since
    if state.since and state.done and spent > 2:
        words += f" · {span((state.total - state.done) * spent / state.done)} left"
    return words
