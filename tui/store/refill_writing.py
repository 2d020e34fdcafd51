"""Filling a new store from a damaged one: accounts, folders, drafts, the outbox and contacts.

Rows keep their ids. What was on its way out becomes `unsure`: the damaged store may be older than it seems,
and the mail have left already.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from tui.model.account import Protocol
from tui.model.draft import CopyState, RecipientState, SendState
from tui.model.folder import Role
from tui.store.codec import storable, unpacked
from tui.store.drafts import references_of
from tui.store.salvage import Salvage
from tui.store.salvage_tables import (
    ACCOUNTS,
    CONTACTS,
    DRAFT_FILES,
    DRAFTS,
    FOLDERS,
    OUTBOX,
    RECIPIENTS,
    OutgoingRow,
    Row,
    Table,
)

NOBODY = "recovered@localhost"
"""Whose the mail is where neither the store nor the configuration names an account."""

_REPAIRED = (
    "The mail store was repaired, and whether this mail had left before cannot be told. Look for it in Sent; "
    "then send it again, or take it back."
)
_ON_ITS_WAY = (SendState.HELD, SendState.QUEUED, SendState.SENDING, SendState.DOT_SENT)
_OUTGOING_NAMES = Table("outbox", "id, state, subject", "iss", ())
_FILE_NAMES = Table("draft_file", "id, draft, filename", "iis", ())
_NUMBERED = ("folder", "message", "outbox", "draft", "draft_file", "request", "pending", "undo")


@dataclass(frozen=True, slots=True)
class Lost:
    """What could not be read: of which kind (message, text, draft, attachment, outgoing), and its subject or
    name, "" where even that is not known. A `text` is lost while its header is here."""

    kind: str
    subject: str


@dataclass(slots=True)
class Found:
    """What was taken over: whole messages, those of which only the header was here, and how many of both are
    in the folder for what has lost its place; drafts; mails of the outbox, and those that are unsure now;
    changes that no server will be told any more; messages that are missed without a name."""

    messages: int = 0
    headers: int = 0
    recovered: int = 0
    drafts: int = 0
    outgoing: int = 0
    unsure: int = 0
    changes: int = 0
    missed: int = 0
    lost: list[Lost] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Home:
    """A folder of the new store."""

    id: int
    account: int
    name: str
    on_server: bool


def numbers(old: Salvage, db: sqlite3.Connection) -> None:
    """Go on counting where the damaged store had come to: an id is never used again for something else."""
    db.executemany(
        "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
        [(name, old.sequence(name)) for name in _NUMBERED],
    )


def accounts(old: Salvage, db: sqlite3.Connection, configured: Mapping[str, Protocol]) -> dict[int, Protocol]:
    """The accounts by their ids. Those of the configuration take the place of what cannot be read."""
    known = {protocol.value for protocol in Protocol}
    rows = [(number, address, protocol) for number, address, protocol in old.rows(ACCOUNTS)]
    here = {address.lower() for _, address, _ in rows}
    spare = max((number for number, _, _ in rows), default=0)
    rows += [
        (spare + place, address, protocol.value)
        for place, (address, protocol) in enumerate(configured.items(), 1)
        if address.lower() not in here
    ]
    for number, address, protocol in rows or [(1, NOBODY, Protocol.NONE.value)]:
        told = configured.get(address, Protocol.NONE).value
        db.execute(
            "INSERT OR IGNORE INTO account (id, address, protocol) VALUES (?, ?, ?)",
            (number, address, protocol if protocol in known else told),
        )
    return {number: Protocol(text) for number, text in db.execute("SELECT id, protocol FROM account")}


def folders(old: Salvage, db: sqlite3.Connection, protocols: Mapping[int, Protocol]) -> dict[int, Home]:
    """The folders by their ids, none of them read from its server yet."""
    found: dict[int, Home] = {}
    roles = {role.value for role in Role}
    taken: set[tuple[int, str]] = set()
    for number, owner, known, wire, role, local, selectable in old.rows(FOLDERS):
        account, name = owner if owner in protocols else min(protocols), known
        while (account, name) in taken:
            name = f"{name} (2)"
        taken.add((account, name))
        on_server = not local and bool(wire) and protocols[account] is Protocol.IMAP
        db.execute(
            "INSERT INTO folder (id, account, name, wire, role, local, selectable)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                number, account, storable(name), storable(wire) if on_server else "",
                role if role in roles else "", not on_server, bool(selectable) or not on_server,
            ),
        )  # fmt: skip
        found[number] = Home(number, account, name, on_server)
    return found


def outbox(old: Salvage, db: sqlite3.Connection, accounts: Container[int], found: Found) -> list[bytes]:
    """Mails of the outbox; answers the bytes of those whose recipients are lost."""
    strays: list[bytes] = []
    seen: set[int] = set()
    recipients = _recipients(old)
    for row in map(OutgoingRow._make, old.rows(OUTBOX)):
        raw = unpacked(row.codec, row.data)
        if raw is None:
            continue
        seen.add(row.id)
        people = recipients.get(row.id)
        if not people or row.account not in accounts:
            strays.append(raw)
            continue
        state = _state(row.state)
        explanation = _REPAIRED if state is SendState.UNSURE and row.state != state.value else row.explanation
        copy = row.sent_copy if row.sent_copy in {one.value for one in CopyState} else CopyState.NONE.value
        db.execute(
            "INSERT INTO outbox (id, account, state, sender, subject, message_id, size, created, due,"
            " attempts, last_error, explanation, sent_copy, server_id, answers, codec, data)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (row.id, row.account, state.value, storable(row.sender), storable(row.subject),
             storable(row.message_id), row.size, row.created, row.due, row.attempts, storable(row.last_error),
             explanation, copy, storable(row.server_id), storable(row.answers), row.codec, row.data),
        )  # fmt: skip
        db.executemany(
            "INSERT OR IGNORE INTO recipient (outbox, number, address, state, code, text)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            people,
        )
        found.outgoing += 1
        found.unsure += state is SendState.UNSURE
    finished = {SendState.SENT.value, SendState.CANCELLED.value}
    for number, told, subject in old.rows(_OUTGOING_NAMES):
        if number not in seen and told not in finished:
            found.lost.append(Lost("outgoing", subject))
    return strays


def _state(text: str) -> SendState:
    try:
        state = SendState(text)
    except ValueError:
        return SendState.UNSURE
    return SendState.UNSURE if state in _ON_ITS_WAY else state


def _recipients(old: Salvage) -> dict[int, list[Row]]:
    """Recipients by the mail of the outbox that they are to have."""
    known = {state.value for state in RecipientState}
    found: dict[int, list[Row]] = {}
    for mail, place, address, state, code, text in sorted(old.keyed(RECIPIENTS)):
        row = (mail, place, storable(address), state if state in known else "pending", code, storable(text))
        found.setdefault(mail, []).append(row)
    return found


def drafts(old: Salvage, db: sqlite3.Connection, accounts: Container[int], found: Found) -> None:
    """Drafts with their attachments, the copies in the Drafts folder not linked yet."""
    sending = {number for (number,) in db.execute("SELECT id FROM outbox")}
    kept: set[int] = set()
    for row in old.rows(DRAFTS):
        number, account, *texts = row[:8]
        markdown, in_reply_to, refs, _, answers, _, outgoing, saved = row[8:]
        if account not in accounts:
            found.lost.append(Lost("draft", row[6]))
            continue
        db.execute(
            'INSERT INTO draft (id, account, sender, "to", cc, bcc, subject, body, markdown, in_reply_to,'
            " refs, answers, outbox, saved) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, account, *map(storable, texts), bool(markdown), storable(in_reply_to),
             json.dumps(references_of(refs)), storable(answers), outgoing if outgoing in sending else None,
             saved),
        )  # fmt: skip
        kept.add(number)
    found.drafts = len(kept)
    _attachments(old, db, kept, found)


def _attachments(old: Salvage, db: sqlite3.Connection, drafts: Container[int], found: Found) -> None:
    seen: set[int] = set()
    for number, draft, filename, kind, size, codec, data in old.rows(DRAFT_FILES):
        if draft in drafts and unpacked(codec, data) is not None:
            seen.add(number)
            db.execute(
                "INSERT INTO draft_file (id, draft, filename, type, size, codec, data)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (number, draft, storable(filename), storable(kind), size, codec, data),
            )
    for number, draft, filename in old.rows(_FILE_NAMES):
        if number not in seen and draft in drafts:
            found.lost.append(Lost("attachment", filename))


def contacts(old: Salvage, db: sqlite3.Connection, accounts: Container[int]) -> None:
    """Own correspondents with their counts, in place of what the messages alone have told."""
    db.executemany(
        "INSERT OR REPLACE INTO contact (account, address, name, written, seen) VALUES (?, ?, ?, ?, ?)",
        [
            (account, storable(address), storable(name), written, seen)
            for account, address, name, written, seen in old.keyed(CONTACTS)
            if account in accounts and "@" in address and written >= 0 and seen >= 0
        ],
    )


def link(old: Salvage, db: sqlite3.Connection, ids: Mapping[int, int]) -> None:
    """Let drafts and mails of the outbox know the messages that they answer, by the ids these have now."""
    for number, *_, original, _, message, _, _ in old.rows(DRAFTS):
        db.execute(
            "UPDATE draft SET original = ?, message = ? WHERE id = ?",
            (ids.get(original), ids.get(message), number),
        )
    for outgoing in map(OutgoingRow._make, old.rows(OUTBOX)):
        original = None if outgoing.original is None else ids.get(outgoing.original)
        db.execute("UPDATE outbox SET original = ? WHERE id = ?", (original, outgoing.id))
