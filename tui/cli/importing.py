"""`import`: mail from files into a folder. What was imported before is recognised, so it may be repeated."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli import changing
from tui.cli.mail_sources import Found, messages
from tui.cli.mailbox_names import Levels
from tui.cli.shell import Shell
from tui.model.error import BadInput
from tui.model.folder_command import Import
from tui.model.message import KeptMessage
from tui.model.safe_text import safe_line

if TYPE_CHECKING:
    from tui.sync.engine import Engine

INBOX = "INBOX"
BATCH = 200
BATCH_OCTETS = 4_000_000
NAMED = 20
WAITED_FOR = 200
LONGEST_LEVEL = 200


@dataclass(slots=True)
class _Counts:
    new: int = 0
    repeated: int = 0
    unreadable: int = 0
    removed: int = 0
    ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Batch:
    folder: str
    named: bool
    messages: tuple[KeptMessage, ...]


def import_mail(shell: Shell, options: Namespace) -> int:
    """Read files and folders of mail, and file their messages."""
    account = shell.account()
    sources = [messages(Path(name)) for name in options.paths]
    counts = _Counts()
    with shell.engine() as engine:
        found = (one for source in sources for one in source)
        for batch in _batches(_readable(shell, found, counts), options.folder or ""):
            _take(engine, account.address, batch, counts)
            shell.output.progress(f"{counts.new + counts.repeated} messages")
        if 0 < counts.new <= WAITED_FOR:
            changing.pushed(shell, engine, counts.ids)
    _report(shell, counts)
    return BadInput.exit_code if counts.unreadable else 0


def _take(engine: Engine, address: str, batch: _Batch, counts: _Counts) -> None:
    command = Import(address, batch.folder, batch.messages, everywhere=not batch.named)
    ids = engine.post(command).result()
    new = [number for number in ids if number]
    counts.new += len(new)
    counts.repeated += len(ids) - len(new)
    counts.ids.extend(new[: WAITED_FOR + 1 - len(counts.ids)])


def _readable(shell: Shell, found: Iterator[Found], counts: _Counts) -> Iterator[tuple[Levels, KeptMessage]]:
    for one in found:
        if one.problem:
            counts.unreadable += 1
            if counts.unreadable <= NAMED:
                shell.output.note(f"{safe_line(one.where)}: {one.problem}.")
        elif one.message is None:
            counts.removed += 1
        else:
            yield one.levels, one.message
    if counts.unreadable > NAMED:
        shell.output.note(f"and {counts.unreadable - NAMED} more that cannot be read.")


def _batches(found: Iterator[tuple[Levels, KeptMessage]], folder: str) -> Iterator[_Batch]:
    """Messages of one folder together, so many that the store takes them in one short step."""
    batch: list[KeptMessage] = []
    octets, current = 0, ("", False)
    for levels, message in found:
        target = _target(folder, levels)
        if batch and (target != current or len(batch) == BATCH or octets > BATCH_OCTETS):
            yield _Batch(*current, tuple(batch))
            batch, octets = [], 0
        current = target
        batch.append(message)
        octets += len(message.raw)
    if batch:
        yield _Batch(*current, tuple(batch))


def _target(folder: str, levels: Levels) -> tuple[str, bool]:
    """The folder's name, and whether it was named: by the person, or by where the message was kept."""
    if levels and not folder and levels[0].casefold() == "inbox":
        levels = (INBOX, *levels[1:])
    usable = [_usable(level) for level in levels]
    name = "/".join([folder, *usable] if folder else usable)
    return name or INBOX, bool(name)


def _usable(level: str) -> str:
    """A level of a folder's name, out of the name of a file or folder on the disk."""
    plain = "".join(char if char.isprintable() and char != "/" else "_" for char in level[:LONGEST_LEVEL])
    return plain.strip() if plain.strip(" .") else "_"


def _report(shell: Shell, counts: _Counts) -> None:
    record = {"new": counts.new, "repeated": counts.repeated, "unreadable": counts.unreadable}
    text = f"{counts.new} new, {counts.repeated} were here already, {counts.unreadable} cannot be read."
    if counts.removed:
        text += f" {counts.removed} had been removed there and were left out."
    shell.output.record(record, text)
