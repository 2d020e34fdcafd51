"""Mail being written. Attachments are copied into the store, so that a file may vanish meanwhile."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tui.model.draft import Draft, DraftFile
from tui.model.error import NotFound
from tui.model.message import NewMessage
from tui.store import insert, moves
from tui.store.codec import pack, storable, unpack
from tui.store.folders import account_id

_DRAFT = """SELECT draft.id, account.address, sender, "to", cc, bcc, subject, body, markdown,
    in_reply_to, refs, coalesce(original, 0), answers, coalesce(message, 0), saved
    FROM draft JOIN account ON account.id = draft.account"""
_WRITTEN = "outbox IS NULL"
"""A draft whose mail waits in the outbox is kept, unseen, until that has left or is cancelled."""


def _draft(db: sqlite3.Connection, row: Sequence[Any]) -> Draft:
    number, account, sender, to, cc, bcc, subject, body, markdown, in_reply_to, refs, *rest = row
    original, answers, message, saved = rest
    return Draft(
        account=account,
        id=number,
        sender=sender,
        to=to,
        cc=cc,
        bcc=bcc,
        subject=subject,
        body=body,
        markdown=bool(markdown),
        in_reply_to=in_reply_to,
        references=references_of(refs),
        original=original,
        answers=answers,
        message=message,
        files=_files(db, number),
        saved=saved,
    )


def _files(db: sqlite3.Connection, draft: int) -> tuple[DraftFile, ...]:
    found = db.execute(
        "SELECT id, filename, type, size FROM draft_file WHERE draft = ? ORDER BY id", (draft,)
    )
    return tuple(DraftFile(*row) for row in found)


def references_of(text: str) -> tuple[str, ...]:
    """The Message-IDs that a column holds; none where it is damaged."""
    try:
        ids = json.loads(text)
    except ValueError:
        return ()
    return tuple(one for one in ids if isinstance(one, str)) if isinstance(ids, list) else ()


def drafts(db: sqlite3.Connection, account: str) -> list[Draft]:
    """Drafts of an account ("" for all), the one saved last first; not those that wait in the outbox."""
    query = f"{_DRAFT} WHERE {_WRITTEN} AND (?1 = '' OR address = ?1) ORDER BY saved DESC, draft.id DESC"
    return [_draft(db, row) for row in db.execute(query, (account,)).fetchall()]


def draft(db: sqlite3.Connection, number: int) -> Draft | None:
    """The draft of that id, unless its mail waits in the outbox."""
    row = db.execute(f"{_DRAFT} WHERE {_WRITTEN} AND draft.id = ?", (number,)).fetchone()
    return _draft(db, row) if row else None


def _known(db: sqlite3.Connection, number: int) -> Draft:
    found = draft(db, number)
    if found is None:
        raise NotFound("This draft is not here any more.")
    return found


def draft_of_message(db: sqlite3.Connection, message: int) -> Draft | None:
    """The draft whose copy in the Drafts folder is that message."""
    row = db.execute(f"{_DRAFT} WHERE {_WRITTEN} AND message = ?", (message,)).fetchone()
    return _draft(db, row) if row else None


def draft_file(db: sqlite3.Connection, number: int) -> bytes:
    """The bytes of an attachment. Raises NotFound."""
    row = db.execute("SELECT codec, data FROM draft_file WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFound("This attachment is not here any more.")
    return unpack(*row)


def _there(db: sqlite3.Connection, message: int) -> int | None:
    found = db.execute("SELECT 1 FROM message WHERE id = ?", (message,)).fetchone() if message else None
    return message if found else None


def save(db: sqlite3.Connection, written: Draft) -> Draft:
    """Keep a draft, a new one where its id is 0 or not known any more; its files stay as they are.

    Answers it as saved.
    """
    fields = (
        account_id(db, written.account),
        *map(storable, (written.sender, written.to, written.cc, written.bcc, written.subject, written.body)),
        written.markdown,
        storable(written.in_reply_to),
        json.dumps(written.references),
        _there(db, written.original),
        written.answers,
        _there(db, written.message),
        written.saved,
    )
    if written.id and draft(db, written.id):
        db.execute(
            'UPDATE draft SET account = ?, sender = ?, "to" = ?, cc = ?, bcc = ?, subject = ?, body = ?,'
            " markdown = ?, in_reply_to = ?, refs = ?, original = ?, answers = ?, message = ?, saved = ?"
            " WHERE id = ?",
            (*fields, written.id),
        )
        return _known(db, written.id)
    row = db.execute(
        'INSERT INTO draft (account, sender, "to", cc, bcc, subject, body, markdown, in_reply_to, refs,'
        " original, answers, message, saved) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        fields,
    ).fetchone()
    return _known(db, int(row[0]))


def attach(db: sqlite3.Connection, number: int, filename: str, kind: str, data: bytes) -> Draft:
    """Add a file to a saved draft; answers the draft. Raises NotFound."""
    _known(db, number)
    db.execute(
        "INSERT INTO draft_file (draft, filename, type, size, codec, data) VALUES (?, ?, ?, ?, ?, ?)",
        (number, storable(filename), storable(kind), len(data), *pack(data)),
    )
    return _known(db, number)


def detach(db: sqlite3.Connection, number: int, file: int) -> Draft:
    """Drop a file of a draft; answers the draft. Raises NotFound."""
    db.execute("DELETE FROM draft_file WHERE draft = ? AND id = ?", (number, file))
    return _known(db, number)


def drop(db: sqlite3.Connection, number: int) -> None:
    """Throw a draft away for good, with its copy in the Drafts folder."""
    found = draft(db, number)
    if found:
        db.execute("DELETE FROM draft WHERE id = ?", (number,))
        moves.delete_forever(db, [found.message])


def file(db: sqlite3.Connection, number: int, folder: int, copy: NewMessage) -> Draft:
    """Put a copy of a draft into a folder, in place of the one before; answers the draft. Raises NotFound."""
    before = _known(db, number)
    (message,) = insert.append(db, folder, [copy])
    db.execute("UPDATE draft SET message = ? WHERE id = ?", (message, number))
    moves.delete_forever(db, [before.message])
    return _known(db, number)


def hide(db: sqlite3.Connection, number: int, outbox: int) -> None:
    """The draft's mail is in the outbox: out of sight, its filed copy gone."""
    found = draft(db, number)
    if found:
        db.execute("UPDATE draft SET outbox = ?, message = NULL WHERE id = ?", (outbox, number))
        moves.delete_forever(db, [found.message])


def show(
    db: sqlite3.Connection, outbox: int, otherwise: Draft, files: Sequence[tuple[str, str, bytes]]
) -> int:
    """The mail was taken back: its draft is seen again, else `otherwise` becomes one. Answers its id."""
    row = db.execute("UPDATE draft SET outbox = NULL WHERE outbox = ? RETURNING id", (outbox,)).fetchone()
    if row:
        return int(row[0])
    made = save(db, replace(otherwise, id=0))
    for one in files:
        attach(db, made.id, *one)
    return made.id
