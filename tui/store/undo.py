"""The journal of what can be taken back; it survives a restart."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from tui.model.error import MailError
from tui.store import flags, moves

_KEPT = 200


def record(db: sqlite3.Connection, kind: str, what: str, data: Sequence[Any]) -> None:
    """Note a change: `what` is a sentence of it, `data` what `undo` needs. Nothing changed, nothing noted."""
    if not data:
        return
    db.execute(
        "INSERT INTO undo (kind, what, data) VALUES (?, ?, ?)", (kind, what, json.dumps(data, default=list))
    )
    db.execute("DELETE FROM undo WHERE id <= (SELECT max(id) FROM undo) - ?", (_KEPT,))


def counted(number: int) -> str:
    """So many messages, in words."""
    return "1 message" if number == 1 else f"{number:,} messages"


def undo(db: sqlite3.Connection) -> str:
    """Take back the newest change that can be; answers a sentence, "" when there is nothing to take back."""
    row = db.execute(
        "DELETE FROM undo WHERE id = (SELECT max(id) FROM undo) RETURNING kind, what, data"
    ).fetchone()
    if row is None:
        return ""
    kind, what, data = row[0], row[1], _noted(row[2])
    done = _TAKEN_BACK[kind](db, data) if kind in _TAKEN_BACK else 0
    if not done:
        return f"This could not be taken back: {what}."
    if done < len(data):
        return f"Taken back for {done:,} of {len(data):,}: {what}."
    return f"Taken back: {what}."


def _noted(text: str) -> list[Any]:
    """What `record` was given; nothing where the journal is damaged."""
    try:
        data = json.loads(text)
    except ValueError:
        return []
    return data if isinstance(data, list) else []


def _flags(db: sqlite3.Connection, data: list[list[Any]]) -> int:
    changes = [
        (number, bits, before, frozenset(added), frozenset(removed))
        for number, bits, before, added, removed in data
    ]
    return len(flags.restore(db, changes))


def _moves(db: sqlite3.Connection, data: list[list[Any]]) -> int:
    done = 0
    for number, folder, *more in data:
        bare = bool(more and more[0])  # not noted by the first version of the schema
        try:
            done += moves.move_back(db, (number, folder, bare))
        except MailError:  # the folder is gone, or has become one that cannot take it: the others go on
            continue
    return done


def _copies(db: sqlite3.Connection, data: list[int]) -> int:
    return len(moves.delete_forever(db, data))


_TAKEN_BACK: dict[str, Callable[[sqlite3.Connection, list[Any]], int]] = {
    "flags": _flags,
    "move": _moves,
    "copy": _copies,
}
