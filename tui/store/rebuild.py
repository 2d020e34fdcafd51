"""A damaged store rebuilt: what can be read of it goes into a new one, which takes its place at the end.

The damaged files are never written and never deleted. A repair that is ended in the middle leaves the damaged
store where it was, and the next one begins anew; ended among the last steps, the next program that opens the
store finishes it (`store.swap`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tui.model.account import Protocol
from tui.model.error import Busy, NotFound, StoreBroken
from tui.store import refill_writing, swap
from tui.store.checking import check, structure
from tui.store.database import Database, NewerStore
from tui.store.faults import translated
from tui.store.first_page import is_of_later_version
from tui.store.reader import Reader
from tui.store.refill_mail import Describe, Mail
from tui.store.refill_writing import Found
from tui.store.salvage import Salvage

_SCRATCH = "-rebuilding"
_ALL = -1


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What became of a repair: what was wrong, what was found, and where the damaged files are now."""

    problems: tuple[str, ...]
    found: Found
    kept: tuple[Path, ...]


def rebuild(
    path: Path,
    describe: Describe,
    accounts: Sequence[tuple[str, Protocol]],
    progress: Callable[[int], None] = lambda number: None,
) -> Rebuilt | None:
    """Rebuild the store at `path` if anything is wrong with it; None where nothing is.

    `accounts` are those of the configuration; `progress` is told how many messages have been written. The
    caller holds the engine's lock. Raises NotFound where there is no store, Busy where another program has it
    open, StoreBroken where the new one cannot be written: nothing has changed then.
    """
    with translated(path):
        swap.finish(path)
        if not path.is_file():
            raise NotFound(
                f"There is no mail store to repair: {path}.", "It is made when it is first needed."
            )
        with swap.alone(path):
            _clear(path)
    problems = examine(path)
    if not problems:
        return None
    with translated(path):
        before, kept = _state(path), set(swap.put_aside(path))
        try:
            found = _built(path, describe, accounts, progress)
            _clear(path, but=_scratch(path))
            with swap.alone(path):
                if _state(path) != before:
                    raise Busy("The mail store was changed meanwhile.", "Repair it again.")
                swap.put_in_place(_scratch(path), path)
        finally:
            _clear(path)
    return Rebuilt(tuple(problems), found, tuple(one for one in swap.put_aside(path) if one not in kept))


def examine(path: Path) -> list[str]:
    """Sentences on what is wrong with a store, every message and the whole search index read for it. Raises
    Busy, and NewerStore for one that this program does not know."""
    try:
        with closing(Database(path).connect(readonly=True)) as db, translated(path):
            if problems := structure(db):
                return problems
        with Reader(path) as reader:
            return reader.check(_ALL)
    except NewerStore:
        if is_of_later_version(path):
            raise
        return ["Its version is damaged."]
    except StoreBroken as error:
        return [error.what]


def _built(
    path: Path,
    describe: Describe,
    accounts: Sequence[tuple[str, Protocol]],
    progress: Callable[[int], None],
) -> Found:
    """Fill the new store, beside the damaged one, and prove that it is sound."""
    scratch = _scratch(path)
    spare = path.with_name(f"{path.name}{_SCRATCH}-copy")
    with (
        Salvage(path, spare) as old,
        closing(Database.open(scratch).connect()) as db,
    ):
        found = _fill(old, db, describe, dict(accounts), progress)
        if problems := check(db, 0):
            raise StoreBroken("The repaired mail store is not sound.", "Check the disk.", detail=problems[0])
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return found


def _fill(
    old: Salvage,
    db: sqlite3.Connection,
    describe: Describe,
    configured: dict[str, Protocol],
    progress: Callable[[int], None],
) -> Found:
    found = Found()
    db.execute("BEGIN IMMEDIATE")
    refill_writing.numbers(old, db)
    protocols = refill_writing.accounts(old, db, configured)
    homes = refill_writing.folders(old, db, protocols)
    strays = refill_writing.outbox(old, db, protocols, found)
    refill_writing.drafts(old, db, protocols, found)
    db.execute("COMMIT")
    mail = Mail(old, db, describe, protocols, homes, found, progress)
    for raw in strays:
        mail.recover(raw)
    mail.copy()
    db.execute("BEGIN IMMEDIATE")
    refill_writing.link(old, db, mail.ids)
    refill_writing.contacts(old, db, protocols)
    db.execute("COMMIT")
    found.changes = old.count("SELECT count(*) FROM pending")
    return found


def _scratch(path: Path) -> Path:
    return path.with_name(path.name + _SCRATCH)


def _clear(path: Path, but: Path | None = None) -> None:
    """Remove what a repair was writing; the damaged files and those put aside have other names."""
    for one in (*path.parent.glob(f"{path.name}{_SCRATCH}*"), *swap.leftovers(path)):
        if one != but:
            one.unlink(missing_ok=True)


def _state(path: Path) -> list[tuple[int, int, int]]:
    """What changes when somebody writes to the store."""
    files = [path, path.with_name(f"{path.name}-wal")]
    facts = [one.stat() for one in files if one.is_file()]
    return [(fact.st_ino, fact.st_size, fact.st_mtime_ns) for fact in facts if fact.st_size]
