"""Mail that waits to be sent. A state changes only from the states named: two senders never share a mail."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from tui.model.draft import CopyState, Draft, Outgoing, Recipient, RecipientState, SendState
from tui.model.error import NotFound
from tui.model.message import Flag
from tui.store import contacts, drafts, flags, insert
from tui.store.codec import pack, storable, unpack
from tui.store.faults import member
from tui.store.folders import account_id, role_folder
from tui.store.records import SentCopyOf

_OUTGOING = """SELECT outbox.id, account.address, state, sender, subject, message_id, size, created, due,
    attempts, last_error, explanation, sent_copy, server_id, coalesce(original, 0), answers
    FROM outbox JOIN account ON account.id = outbox.account"""
_FIELDS = frozenset({"attempts", "due", "last_error", "explanation", "server_id"})
_SENT_SHOWN_SECONDS = 7 * 86_400
_BACK = frozenset({SendState.HELD, SendState.QUEUED, SendState.FAILED, SendState.UNSURE})


def _outgoing(db: sqlite3.Connection, row: Sequence[Any]) -> Outgoing:
    number, account, state, sender, subject, message_id, size, created, due, attempts, *rest = row
    last_error, explanation, sent_copy, server_id, original, answers = rest
    found = db.execute(
        "SELECT address, state, code, text FROM recipient WHERE outbox = ? ORDER BY number", (number,)
    )
    recipients = tuple(
        Recipient(one, member(RecipientState, answer), code, text) for one, answer, code, text in found
    )
    return Outgoing(
        id=number,
        account=account,
        state=member(SendState, state),
        sender=sender,
        recipients=recipients,
        subject=subject,
        message_id=message_id,
        size=size,
        created=created,
        due=due,
        attempts=attempts,
        last_error=last_error,
        explanation=explanation,
        sent_copy=member(CopyState, sent_copy),
        server_id=server_id,
        original=original,
        answers=answers,
    )


def outbox(db: sqlite3.Connection, now: int) -> list[Outgoing]:
    """What is not finished, then what was sent or cancelled in the last week; newest first."""
    query = f"{_OUTGOING} WHERE state NOT IN ('sent', 'cancelled') OR created > ?"
    rows = db.execute(
        f"{query} ORDER BY state IN ('sent', 'cancelled'), outbox.id DESC", (now - _SENT_SHOWN_SECONDS,)
    )
    return [_outgoing(db, row) for row in rows.fetchall()]


def outgoing(db: sqlite3.Connection, number: int) -> Outgoing | None:
    """One mail of the outbox."""
    row = db.execute(f"{_OUTGOING} WHERE outbox.id = ?", (number,)).fetchone()
    return _outgoing(db, row) if row else None


def outgoing_raw(db: sqlite3.Connection, number: int) -> bytes:
    """The frozen bytes, the same at every try. Raises NotFound."""
    row = db.execute("SELECT codec, data FROM outbox WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no mail {number} in the outbox.", "outlook-tui outbox lists them.")
    return unpack(*row)


def due(db: sqlite3.Connection, now: int) -> list[int]:
    """What may be sent now (Unix seconds), the longest due first."""
    found = db.execute(
        "SELECT id FROM outbox WHERE state IN ('held', 'queued') AND due <= ? ORDER BY due, id", (now,)
    )
    return [number for (number,) in found]


def queue(
    db: sqlite3.Connection,
    account: str,
    sender: str,
    recipients: Sequence[str],
    raw: bytes,
    subject: str,
    message_id: str,
    due: int,
    hold: bool,
    draft_id: int = 0,
    original: int = 0,
    answers: str = "",
) -> int:
    """Put finished bytes into the outbox; answers the id. `due` is Unix seconds.

    With it the draft is out of sight, its filed copy gone, and the original marked.
    """
    owner = account_id(db, account)
    here = db.execute("SELECT 1 FROM message WHERE id = ?", (original,)).fetchone()
    row = db.execute(
        "INSERT INTO outbox (account, state, sender, subject, message_id, size, created, due, original,"
        " answers, codec, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            owner,
            (SendState.HELD if hold else SendState.QUEUED).value,
            storable(sender),
            storable(subject),
            storable(message_id),
            len(raw),
            int(time.time()),
            due,
            original if here else None,
            answers,
            *pack(raw),
        ),
    ).fetchone()
    number = int(row[0])
    set_recipients(db, number, [Recipient(address) for address in recipients])
    contacts.written_to(db, owner, recipients)
    if draft_id:
        drafts.hide(db, draft_id, number)
    mark = {"answered": Flag.ANSWERED, "forwarded": Flag.FORWARDED}.get(answers)
    if here and mark:
        flags.set_flags(db, [original], mark, Flag(0))
    return number


def set_recipients(db: sqlite3.Connection, number: int, recipients: Iterable[Recipient]) -> None:
    """Note what the server said of each recipient; nothing where the mail went with its account meanwhile."""
    if db.execute("SELECT 1 FROM outbox WHERE id = ?", (number,)).fetchone() is None:
        return
    db.execute("DELETE FROM recipient WHERE outbox = ?", (number,))
    db.executemany(
        "INSERT INTO recipient (outbox, number, address, state, code, text) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (number, place, storable(one.address), one.state.value, one.code, storable(one.text))
            for place, one in enumerate(recipients)
        ],
    )


def set_state(
    db: sqlite3.Connection,
    number: int,
    sources: Collection[SendState],
    target: SendState,
    fields: dict[str, int | str],
) -> bool:
    """Compare and set: False, and nothing done, where the mail is in none of `sources`.

    `fields`: attempts, due, last_error, explanation, server_id. Once sent, its draft is gone for good.
    """
    assignments, values = _assigned(fields)
    states = ",".join("?" * len(sources))
    row = db.execute(
        f"UPDATE outbox SET state = ?{assignments} WHERE id = ? AND state IN ({states}) RETURNING id",  # noqa: S608
        (target.value, *values, number, *(state.value for state in sources)),
    ).fetchone()
    if row and target is SendState.SENT:
        db.execute("DELETE FROM draft WHERE outbox = ?", (number,))
    return row is not None


def _assigned(fields: dict[str, int | str]) -> tuple[str, list[int | str]]:
    if unknown := fields.keys() - _FIELDS:
        raise TypeError(f"the outbox has no {', '.join(sorted(unknown))}")
    values = [storable(value) if isinstance(value, str) else value for value in fields.values()]
    return "".join(f", {name} = ?" for name in fields), values


def note(db: sqlite3.Connection, number: int, fields: dict[str, int | str]) -> None:
    """Change fields and leave the state as it is."""
    assignments, values = _assigned(fields)
    db.execute(f"UPDATE outbox SET state = state{assignments} WHERE id = ?", (*values, number))  # noqa: S608


def sent(
    db: sqlite3.Connection,
    number: int,
    target: SendState | None,
    copy: SentCopyOf | None,
    fields: dict[str, int | str],
) -> bool:
    """The server has taken it: the next state, and the copy filed, together. `target` None leaves the state.

    False, and nothing done, when it was not in DOT_SENT.
    """
    if not set_state(db, number, {SendState.DOT_SENT}, target or SendState.DOT_SENT, fields):
        return False
    if copy is not None:
        insert.append(db, role_folder(db, copy.account, copy.role), [copy.message])
        set_copy(db, number, CopyState.DONE)
    return True


def set_copy(db: sqlite3.Connection, number: int, state: CopyState) -> None:
    """Note whether the copy for the Sent folder has been filed."""
    db.execute("UPDATE outbox SET sent_copy = ? WHERE id = ?", (state.value, number))


def cancel(
    db: sqlite3.Connection, number: int, otherwise: Draft, files: Sequence[tuple[str, str, bytes]]
) -> int:
    """Take a mail back that has not left; answers its draft's id, 0 when it is too late.

    The draft it was made from is seen again; where there was none, `otherwise` becomes one, with `files`
    (name, media type, bytes).
    """
    if not set_state(db, number, _BACK, SendState.CANCELLED, {}):
        return 0
    return drafts.show(db, number, otherwise, files)


def retry(db: sqlite3.Connection, number: int, now: int) -> bool:
    """Send as soon as possible what waits, failed, is unsure, or was sent but for those who were refused;
    False for any other. The person's decision.

    Recipients who were refused are tried again; those who have it already are not.
    """
    refused = "SELECT 1 FROM recipient WHERE outbox = ? AND state = 'refused'"
    partly = db.execute(refused, (number,)).fetchone() is not None
    if not set_state(
        db, number, _BACK | {SendState.SENT} if partly else _BACK, SendState.QUEUED, {"due": now}
    ):
        return False
    db.execute(
        "UPDATE recipient SET state = 'pending', code = 0, text = '' WHERE outbox = ? AND state = 'refused'",
        (number,),
    )
    return True
