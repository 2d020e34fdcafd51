"""Flags and tags: changed here at once, told to the server later, merged with what it says."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from tui.model.message import NO_FLAGS, Flag
from tui.store.codec import checked_tags, integers, tags_of, tags_text
from tui.store.records import Agreement, FlagState

Touched = tuple[int, int, frozenset[str]]
"""A message, the flag bits and the tags that were changed here and have to be told to its server."""

Change = tuple[int, int, int, frozenset[str], frozenset[str]]
"""A message, the bits changed, their values before, the tags added and the tags removed."""


def set_flags(
    db: sqlite3.Connection,
    ids: Sequence[int],
    add: Flag,
    remove: Flag,
    add_tags: frozenset[str] = frozenset(),
    remove_tags: frozenset[str] = frozenset(),
) -> list[Change]:
    """Change flags and tags; answers what was changed, which is less where it was so already."""
    checked_tags(add_tags)
    rows = db.execute(
        "SELECT message.id, flags, tags, NOT local AND (on_server"
        " OR EXISTS (SELECT 1 FROM pending WHERE pending.message = message.id))"
        " FROM message JOIN folder ON folder.id = folder"
        " WHERE message.id IN (SELECT value FROM json_each(?))",
        (integers(ids),),
    ).fetchall()
    changes: list[Change] = []
    touched: list[Touched] = []
    for number, before, text, told in rows:
        tags = tags_of(text)
        after = (before | int(add)) & ~int(remove)
        added, removed = add_tags - tags - remove_tags, remove_tags & tags
        if after == before and not added and not removed:
            continue
        changes.append((number, before ^ after, before, added, removed))
        _write(db, number, after, (tags | added) - removed)
        if told:
            touched.append((number, before ^ after, added | removed))
    touch(db, touched)
    return changes


def _write(db: sqlite3.Connection, number: int, flags: int, tags: frozenset[str]) -> None:
    db.execute("UPDATE message SET flags = ?, tags = ? WHERE id = ?", (flags, tags_text(tags), number))


def restore(db: sqlite3.Connection, changes: Iterable[Change]) -> list[int]:
    """Take changes of `set_flags` back: only the bits and tags that it changed. Answers the ids."""
    restored: list[int] = []
    for number, bits, before, added, removed in changes:
        done = set_flags(db, [number], Flag(bits & before), Flag(bits & ~before), removed, added)
        restored.extend(change[0] for change in done)
    return restored


def touch(db: sqlite3.Connection, touched: Iterable[Touched]) -> None:
    """Note that the server has to be told. A change that waits already becomes a new one with both."""
    for number, bits, tags in touched:
        row = db.execute(
            "DELETE FROM pending WHERE kind = 'flags' AND message = ? RETURNING flags, tags", (number,)
        ).fetchone()
        before, tags_before = (int(row[0]), tags_of(row[1])) if row else (0, frozenset())
        db.execute(
            "INSERT INTO pending (account, message, kind, flags, tags)"
            " SELECT account, message.id, 'flags', ?, ? FROM message JOIN folder ON folder.id = folder"
            " WHERE message.id = ?",
            (bits | before, tags_text(tags | tags_before), number),
        )


def touched_of(db: sqlite3.Connection, number: int) -> tuple[int, frozenset[str]]:
    """The bits and tags of a message that the server has still to be told."""
    row = db.execute(
        "SELECT flags, tags FROM pending WHERE kind = 'flags' AND message = ?", (number,)
    ).fetchone()
    return (int(row[0]), tags_of(row[1])) if row else (0, frozenset())


def agree(db: sqlite3.Connection, steps: Iterable[Agreement]) -> None:
    """Take over merged flags and tags, and the server's as those agreed on.

    What the person has changed since the merge was planned stays changed.
    """
    for step in steps:
        row = db.execute("SELECT flags, tags FROM message WHERE id = ?", (step.id,)).fetchone()
        if row is None:
            continue
        bits, touched = touched_of(db, step.id)
        flags = int(step.flags) & ~bits | row[0] & bits
        tags = step.tags - touched | tags_of(row[1]) & touched
        db.execute(
            "UPDATE message SET flags = ?, tags = ?, agreed = ?, agreed_tags = ? WHERE id = ?",
            (flags, tags_text(tags), int(step.agreed), tags_text(step.agreed_tags), step.id),
        )


def merge(db: sqlite3.Connection, number: int, server: Flag, server_tags: frozenset[str]) -> None:
    """A message has been found on the server: merge by what was last agreed on, and tell what is ours."""
    row = db.execute(
        "SELECT flags, agreed, tags, agreed_tags FROM message WHERE id = ?", (number,)
    ).fetchone()
    bits, touched = touched_of(db, number)
    flags, agreed, tags, agreed_tags = row[0], row[1], tags_of(row[2]), tags_of(row[3])
    ours = (flags ^ agreed) | bits
    our_tags = (tags ^ agreed_tags) | touched
    merged = int(server) & ~ours | flags & ours
    merged_tags = server_tags - our_tags | tags & our_tags
    db.execute(
        "UPDATE message SET flags = ?, tags = ?, agreed = ?, agreed_tags = ? WHERE id = ?",
        (merged, tags_text(merged_tags), int(server), tags_text(server_tags), number),
    )
    if merged != int(server) or merged_tags != server_tags:
        touch(db, [(number, merged ^ int(server), merged_tags ^ server_tags)])


def flag_state(db: sqlite3.Connection, number: int) -> FlagState | None:
    """What to tell the server of a message's flags; None when the message is gone."""
    row = db.execute(
        "SELECT flags, agreed, tags, agreed_tags FROM message WHERE id = ?", (number,)
    ).fetchone()
    if row is None:
        return None
    bits, touched = touched_of(db, number)
    flags, tags = row[0], tags_of(row[2])
    agreed = row[1] & ~bits | ~flags & bits
    agreed_tags = tags_of(row[3]) - touched | touched - tags
    return FlagState(Flag(flags), Flag(agreed), tags, agreed_tags)


def pushed(
    db: sqlite3.Connection, ids: Iterable[int], lost: Flag = NO_FLAGS, tags_lost: frozenset[str] = frozenset()
) -> None:
    """The server was told (pending ids), and keeps all but what is `lost` there: that stays a change of ours.

    What was changed again meanwhile waits under another id.
    """
    for (message,) in db.execute(
        "DELETE FROM pending WHERE kind = 'flags' AND id IN (SELECT value FROM json_each(?))"
        " RETURNING message",
        (integers(ids),),
    ).fetchall():
        row = db.execute("SELECT flags, tags FROM message WHERE id = ?", (message,)).fetchone()
        db.execute(
            "UPDATE message SET agreed = ?, agreed_tags = ? WHERE id = ?",
            (row[0] & ~int(lost), tags_text(tags_of(row[1]) - tags_lost), message),
        )
