"""Messages as text for people. Pure; whoever prints it makes it safe for a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui.cli.moments import short_time
from tui.cli.output import Cell, Ink
from tui.cli.records import iso
from tui.model.message import Address, Flag, Row
from tui.ui import words

if TYPE_CHECKING:
    from tui.model.content import Content
    from tui.store.reader import Holdings

MARKS = (
    (Flag.FLAGGED, "!"),
    (Flag.ANSWERED, "r"),
    (Flag.FORWARDED, "f"),
    (Flag.DRAFT, "d"),
    (Flag.DELETED, "D"),
)


def address_text(found: Address) -> str:
    """`Name <address>`, or the address alone."""
    return f"{found.name} <{found.address}>" if found.name else found.address


def message_text(content: Content, every_header: bool = False) -> str:
    """A message: header, body, attachments, and what is odd about it."""
    lines = [f"{name}: {value}" for name, value in (content.headers if every_header else _header(content))]
    lines += ["", content.text.rstrip("\n")]
    if content.files:
        lines += ["", "Attachments:"]
        lines += [
            f"  {one.part}  {one.filename or '(no name)'}  {one.type}  {words.size(one.size)}"
            for one in content.files
        ]
    links = [f"  {one.url}  — {one.warning}" for one in content.links if one.warning]
    lines += ["", "Links to be careful with:", *links] if links else []
    lines += ["", *(f"Note: {warning}" for warning in content.warnings)] if content.warnings else []
    return "\n".join(lines)


def disk_text(found: Holdings, width: int) -> str:
    """What an account has on this disk: by folder, what only this disk has, what waits, the store."""
    from tui.ui import disk_words

    now = time.time()
    lines = ["On this disk", disk_words.summary(found)]
    if table := disk_words.table(found, max(width, 60), now, disk_words.full_name):
        lines += ["", *table]
    for title, more in disk_words.sections(found, now):
        lines += ["", title, *(f"  {line}" for line in more)]
    return "\n".join(lines)


def _header(content: Content) -> Iterable[tuple[str, str]]:
    envelope = content.envelope
    named = (
        ("From", envelope.sender),
        ("To", envelope.to),
        ("Cc", envelope.cc),
        ("Reply-To", envelope.reply_to),
    )
    for name, found in named:
        if found:
            yield name, ", ".join(address_text(one) for one in found)
    yield "Date", iso(envelope.date, envelope.date_offset) or "(none)"
    yield "Subject", envelope.subject or "(no subject)"


def row_cells(row: Row, text: str, conversation: int = 0) -> tuple[Cell, ...]:
    """A line of a list: id, marks, date, sender, subject, and `text` behind it."""
    unread = Flag.SEEN not in row.flags
    ink = Ink.BOLD if unread else Ink.PLAIN
    sender = row.envelope.sender[0] if row.envelope.sender else Address(None, "(no sender)")
    subject = row.envelope.subject or "(no subject)"
    if conversation > 1:
        subject = f"[{conversation}] {subject}"
    return (
        Cell(str(row.id), Ink.DIM, right=True),
        Cell(_marks(row), ink),
        Cell(short_time(row.envelope.date if row.envelope.date is not None else row.received), Ink.DIM),
        Cell(_cut(sender.name or sender.address, 24), ink),
        Cell(f"{subject}  {text}" if text else subject, ink),
    )


def _marks(row: Row) -> str:
    unread = "*" if Flag.SEEN not in row.flags else " "
    marks = "".join(mark for flag, mark in MARKS if flag in row.flags)
    return unread + marks + ("@" if row.attachments else "")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
