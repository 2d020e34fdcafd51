"""How one message looks in a list: columns of exact width, as runs of text with a tone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rich.cells import cell_len

from tui.model.message import Flag, Row
from tui.model.safe_text import isolated, safe_line
from tui.ui import words
from tui.ui.widgets.cells import column, cut, stable

UNREAD, FLAGGED, ATTACHED, SELECTED = "●", "⚑", "▤", "✓"
ANSWERED, FORWARDED, DRAFT = "↶", "↷", "✎"

Run = tuple[str, str]
"""A piece of a line and the tone it is drawn in: text, strong, dim, accent, warn or mark."""

TONES = ("text", "strong", "dim", "accent", "warn", "mark")

_NARROW = 64
"""Cells below which one line has no room for a sender and a subject side by side."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the drawing of a row depends on beside the row itself.

    `lines` is 1 or 2, `width` in cells, `now` Unix seconds. `outgoing` shows recipients in place of senders
    (Sent, Drafts), `place` names the folder (search), `iso` writes dates as 2024-02-03 14:05.
    """

    width: int
    lines: int
    now: float
    outgoing: bool = False
    place: bool = False
    iso: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What the list knows of a row: selected, size of its folded conversation, unfolded under another."""

    selected: bool = False
    conversation: int = 1
    child: bool = False


def lines_for(width: int, layout: str) -> int:
    """How many lines a message gets: as the setting says ("one", "two"), else by the room there is."""
    if layout in {"one", "two"}:
        return 1 if layout == "one" else 2
    return 2 if width < _NARROW else 1


def draw(row: Row, look: Look, state: State) -> tuple[tuple[Run, ...], ...]:
    """The lines of one message, each exactly `look.width` cells wide."""
    return _two(row, look, state) if look.lines == 2 else (_one(row, look, state),)


def _one(row: Row, look: Look, state: State) -> tuple[Run, ...]:
    unread = Flag.SEEN not in row.flags
    iso = look.iso and look.width >= _NARROW
    date = words.short_date(row.received, look.now, iso)
    who_width = max(8, min(28, look.width // 4))
    date_width = words.date_width(iso)
    rest = look.width - 6 - who_width - 2 - date_width - 2
    return (
        *_marks(row, state),
        *_who(row, look, state, who_width),
        ("  ", "text"),
        *_what(row, look, max(0, rest), unread),
        (" " + column(date, date_width, right=True) + " ", "accent" if unread else "dim"),
    )


def _two(row: Row, look: Look, state: State) -> tuple[tuple[Run, ...], ...]:
    unread = Flag.SEEN not in row.flags
    select, unread_mark, flag, attached = _glyphs(row, state)
    iso = look.iso and look.width >= 40
    tail = f" {attached} {words.short_date(row.received, look.now, iso)} "
    first: tuple[Run, ...] = (
        (select, "mark"),
        (unread_mark, "accent"),
        (" ", "text"),
        *_who(row, look, state, max(0, look.width - 3 - cell_len(tail))),
        (tail, "accent" if unread else "dim"),
    )
    second: tuple[Run, ...] = (
        (select, "mark"),
        (flag, "warn" if flag == FLAGGED else "dim"),
        (" ", "text"),
        *_what(row, look, max(0, look.width - 4), unread),
        (" ", "text"),
    )
    return first, second


def _glyphs(row: Row, state: State) -> tuple[str, str, str, str]:
    return (
        SELECTED if state.selected else " ",
        " " if Flag.SEEN in row.flags else UNREAD,
        next((glyph for mark, glyph in _FLAG_GLYPHS if mark in row.flags), " "),
        ATTACHED if row.attachments else " ",
    )


_FLAG_GLYPHS = (
    (Flag.FLAGGED, FLAGGED),
    (Flag.DRAFT, DRAFT),
    (Flag.ANSWERED, ANSWERED),
    (Flag.FORWARDED, FORWARDED),
)


def _marks(row: Row, state: State) -> tuple[Run, ...]:
    select, unread, flag, attached = _glyphs(row, state)
    tone = "warn" if flag == FLAGGED else "dim"
    return (
        (select, "mark"),
        (unread, "accent"),
        (" ", "text"),
        (flag, tone),
        (attached, "dim"),
        (" ", "text"),
    )


def _who(row: Row, look: Look, state: State, width: int) -> tuple[Run, ...]:
    tone = "text" if Flag.SEEN in row.flags else "strong"
    badge = f" ({state.conversation:,})" if state.conversation > 1 else ""
    indent = "└ " if state.child else ""
    name = cut(stable(_names(row, look.outgoing)), max(0, width - len(badge) - len(indent)))
    pad = " " * max(0, width - len(indent) - cell_len(name) - len(badge))
    return ((indent, "dim"), (isolated(name), tone), (badge + pad, "dim"))


def _what(row: Row, look: Look, width: int, unread: bool) -> tuple[Run, ...]:
    subject = cut(stable(safe_line(row.envelope.subject, 300)) or "(no subject)", width)
    prefix = f"{cut(stable(folder_name(row.folder)), width // 3)} · " if look.place else ""
    subject = cut(subject, max(0, width - cell_len(prefix)))
    room = width - cell_len(prefix) - cell_len(subject)
    snippet = stable(safe_line(row.snippet, 300))
    tail = f" — {snippet}" if snippet and room > 8 else ""
    return (
        (isolated(prefix), "dim"),
        (isolated(subject), "strong" if unread else "text"),
        (column(tail, max(0, room)), "dim"),
    )


def folder_name(name: str) -> str:
    """A folder's whole name made safe; the inbox is written as people write it."""
    return "Inbox" if name == "INBOX" else safe_line(name, 100)


@lru_cache(maxsize=2048)
def _names(row: Row, outgoing: bool) -> str:
    if not outgoing:
        return words.people(row.envelope.sender[:3]) if row.envelope.sender else "(no sender)"
    receivers = (*row.envelope.to, *row.envelope.cc, *row.envelope.bcc)[:4]
    return f"To {words.people(receivers)}" if receivers else "(no recipient)"
