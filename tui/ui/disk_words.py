"""What an account has on this disk, in words and figures. Pure: the time now is handed in.

Sizes are in megabytes of 1,000,000 octets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from tui.model.cells import cells, fit
from tui.model.folder import Role
from tui.model.safe_text import isolated, safe_line
from tui.ui.places import ROLE_NAMES
from tui.ui.words import count, short_date

if TYPE_CHECKING:
    from tui.store.reader import Holding, Holdings

_GAP = 2
_LEAST_NAME = 14
_EASY_NAME = 20
_ROLES = tuple(Role)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures: its heading, how many cells it takes, how much it is missed, and its figure."""

    title: str
    width: int
    rank: int
    figure: Callable[[Holding, float], str]


COLUMNS = (
    Column("Messages", 8, 0, lambda one, now: f"{one.messages:,}"),
    Column("On server", 9, 3, lambda one, now: f"{one.on_server:,}"),
    Column("Whole", 8, 0, lambda one, now: f"{one.bodies:,}"),
    Column("Header only", 11, 1, lambda one, now: f"{one.messages - one.bodies:,}"),
    Column("Only here", 9, 0, lambda one, now: f"{one.messages - one.on_server:,}"),
    Column("MB", 9, 0, lambda one, now: megabytes(one.octets)),
    Column("With files", 10, 4, lambda one, now: megabytes(one.with_files)),
    Column("Oldest whole", 12, 2, lambda one, now: short_date(one.oldest, now) if one.oldest else "–"),
)
"""In the order in which they stand; those of a higher rank are left out first where there is no room."""


def megabytes(octets: int) -> str:
    """Octets in MB: "1,240.3"; "< 0.1" for a little."""
    return "< 0.1" if 0 < octets < 50_000 else f"{octets / 1_000_000:,.1f}"


def folder_name(one: Holding) -> str:
    """A folder as people know it, made safe."""
    return ROLE_NAMES.get(one.role) or full_name(one)


def full_name(one: Holding) -> str:
    """A folder's name with all its levels, by which the shell knows it, made safe."""
    return safe_line(one.name, 200)


def total(found: Holdings) -> Holding | None:
    """All folders as one, None where there is none."""
    if not found.folders:
        return None
    names = ("messages", "on_server", "bodies", "octets", "with_files", "missing", "left", "held")
    sums = {name: sum(getattr(one, name) for one in found.folders) for name in names}
    oldest = min((one.oldest for one in found.folders if one.oldest), default=0)
    goes = min((one.goes for one in found.folders if one.goes), default=0)
    return replace(
        found.folders[0], folder=0, name="All folders", role=Role.NONE, oldest=oldest, goes=goes, **sums
    )


def table(found: Holdings, width: int, now: float, name: Callable[[Holding], str] = folder_name) -> list[str]:
    """A heading, a line for each folder that has mail, and their sum, at most `width` cells wide."""
    full = sorted((one for one in found.folders if one.messages), key=_order)
    every = total(found)
    if not full or every is None:
        return []
    longest = max(cells(name(one)) for one in (*full, every))
    columns = _chosen(width, longest)
    room = min(width - _taken(columns), max(longest, _LEAST_NAME))
    heading = _line("Folder", [column.title for column in columns], columns, room)
    rows = [
        _line(name(one), [column.figure(one, now) for column in columns], columns, room)
        for one in (*full, every)
    ]
    return [heading, *(rows if len(full) > 1 else rows[:-1])]


def _order(one: Holding) -> tuple[bool, int, bool, str]:
    return (one.role is Role.NONE, _ROLES.index(one.role), one.local, one.name.casefold())


def _chosen(width: int, longest: int) -> list[Column]:
    """The columns for which there is room beside names of which the longest is shown, or most of it."""
    columns = list(COLUMNS)
    for rank in range(max(column.rank for column in COLUMNS), 0, -1):
        if width - _taken(columns) >= min(longest, _EASY_NAME):
            break
        columns = [column for column in columns if column.rank != rank]
    return columns


def _taken(columns: Iterable[Column]) -> int:
    return sum(column.width + _GAP for column in columns)


def _line(name: str, figures: Sequence[str], columns: Sequence[Column], room: int) -> str:
    shown = fit(name, room)
    gaps = " " * (room - cells(shown))
    numbers = "".join(
        f"{figure:>{column.width + _GAP}}" for figure, column in zip(figures, columns, strict=True)
    )
    return isolated(shown) + gaps + numbers


def summary(found: Holdings) -> str:
    """How much is here, in one or two sentences."""
    every = total(found)
    if every is None or not every.messages:
        return "No mail of this account is on this computer yet."
    here = f"{count(every.messages, 'message')}, {_all_or(every.bodies, every.messages)} here whole"
    takes = f"{here}: {megabytes(every.octets)} MB"
    if every.with_files:
        takes += f", {megabytes(every.with_files)} MB of it in messages with attachments"
    if every.messages == every.bodies:
        return f"{takes}."
    less = count(every.messages - every.bodies, "message is", "messages are")
    return (
        f"{takes}. {less} here with the header only ({megabytes(every.missing)} MB are still on the server)."
    )


def sections(found: Holdings, now: float, index: str = "") -> tuple[tuple[str, list[str]], ...]:
    """What stands below the table: titles, each with its lines. `index` as in `store`."""
    return (
        ("Only on this computer", only_here(found, now)),
        ("Waiting", waiting(found)),
        ("The store", store(found, index)),
    )


def _all_or(some: int, every: int) -> str:
    return "all" if some == every else f"{some:,}"


def only_here(found: Holdings, now: float) -> list[str]:
    """What would be lost with this disk, and why the server has it not."""
    every = total(found)
    if every is None or every.messages == every.on_server:
        return ["Nothing: all of it is on the server, too."]
    basket = next((one for one in found.folders if one.goes), None)
    rest = [one for one in found.folders if one is not basket]
    lonely = [one for one in rest if one.messages > one.on_server]
    left = sum(one.left for one in lonely)
    local = sum(one.messages - one.on_server - one.left for one in lonely if one.local)
    held = sum(one.held for one in lonely)
    others = sum(one.messages - one.on_server - one.left - one.held for one in lonely if not one.local)
    lines = []
    if local:
        lines.append(f"{count(local, 'message')} in folders of this computer: sent, imported or moved there.")
    if left:
        lines.append(f"{count(left, 'message')} fetched by POP3, and no more on the server.")
    if held:
        lines.append(f"{count(held, 'message')} that vanished from the server, kept until you decide.")
    if others:
        lines.append(
            f"{count(others, 'message')} in the server's folders, but not on the server, or not yet."
        )
    if basket is not None:
        lines.append(
            f"{count(basket.messages, 'message')} in the wastebasket “{safe_line(basket.name, 60)}”: "
            f"the first goes for good {_in_days(basket.goes - now)}."
        )
    return lines


def _in_days(seconds: float) -> str:
    days = ceil(seconds / 86_400)
    return "today" if days < 1 else f"in {count(days, 'day')}"


def waiting(found: Holdings) -> list[str]:
    """What has still to leave this computer, or waits for the person."""
    lines = []
    if found.waiting:
        lines.append(f"{count(found.waiting, 'change')} still to be told to the server.")
    if found.refused:
        lines.append(f"▲ {count(found.refused, 'change')} that the server refused.")
    for one in found.folders:
        if one.held:
            lines.append(
                f"▲ {count(one.held, 'message')} vanished from {folder_name(one)} on the server at once; "
                "kept here until you decide."
            )
    if found.outbox:
        lines.append(f"{count(found.outbox, 'mail')} in the outbox.")
    if found.drafts:
        lines.append(f"{count(found.drafts, 'draft')} being written.")
    if found.to_index:
        lines.append(f"{count(found.to_index, 'message')} still to be read by the search.")
    return lines or ["Nothing."]


def store(found: Holdings, index: str = "") -> list[str]:
    """The store's files and the disk; `index` says what of it the search index takes, "" leaves that out."""
    behind = f"; search index {index}" if index else ""
    lines = [
        safe_line(str(found.path), 400),
        f"{megabytes(found.store_octets)} MB for all accounts, mail compressed{behind}.",
    ]
    if found.free_octets is not None:
        lines.append(f"{megabytes(found.free_octets)} MB are free on this disk.")
    return lines
