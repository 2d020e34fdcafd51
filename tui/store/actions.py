"""What the person does to messages, written into the undo journal in the same transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from tui.model.message import Flag
from tui.store import flags, moves, undo
from tui.store.folders import known_folder


def set_flags(
    db: sqlite3.Connection,
    ids: Sequence[int],
    add: Flag,
    remove: Flag,
    add_tags: frozenset[str],
    remove_tags: frozenset[str],
) -> list[int]:
    """Change flags and tags; answers the ids that are different now."""
    changes = flags.set_flags(db, ids, add, remove, add_tags, remove_tags)
    words = [f"+{name}" for name in (*add.names(), *(f"#{tag}" for tag in sorted(add_tags)))]
    words += [f"-{name}" for name in (*remove.names(), *(f"#{tag}" for tag in sorted(remove_tags)))]
    undo.record(db, "flags", f"{undo.counted(len(changes))} marked {' '.join(words)}", changes)
    return [change[0] for change in changes]


def move(db: sqlite3.Connection, ids: Sequence[int], folder: int) -> list[int]:
    """Move messages; answers the ids moved."""
    moved = moves.move(db, ids, folder)
    undo.record(db, "move", f"{undo.counted(len(moved))} moved to {known_folder(db, folder).name}", moved)
    return [number for number, *_ in moved]


def copy(db: sqlite3.Connection, ids: Sequence[int], folder: int) -> list[int]:
    """Copy messages; answers the ids of the copies."""
    copies = moves.copy(db, ids, folder)
    undo.record(db, "copy", f"{undo.counted(len(copies))} copied to {known_folder(db, folder).name}", copies)
    return copies
