"""The tables of a store as a repair reads them: what makes a row found in a damaged file one of theirs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

Row = tuple[Any, ...]

_KINDS: dict[str, tuple[type, ...]] = {"i": (int,), "s": (str,), "b": (bytes,), "?": (int, type(None))}


def _always(row: Row) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its first columns, the rowid first of them; `shape` says of what kind they are (`?` may be
    NULL), `widths` how many there are in all, by version, and `proves` more of what makes a row one of it."""

    name: str
    columns: str
    shape: str
    widths: Collection[int]
    proves: Callable[[Row], bool] = _always

    @property
    def rowid(self) -> str:
        """The name of the first column."""
        return self.columns.split(",")[0]

    def fits(self, row: Row) -> bool:
        """Whether the values can be a row of this table."""
        return len(row) == len(self.shape) and all(
            isinstance(value, _KINDS[kind]) for value, kind in zip(row, self.shape, strict=True)
        ) and self.proves(row)  # fmt: skip


class MessageRow(NamedTuple):
    """A row of MESSAGES."""

    id: int
    folder: int
    uid: int | None
    uidl: str
    position: int
    flags: int
    agreed: int
    tags: str
    agreed_tags: str
    size: int
    attachments: int
    thread: int
    fingerprint: int
    whole: int
    on_server: int
    held: int
    removed: int
    sender: str
    subject: str


class OutgoingRow(NamedTuple):
    """A row of OUTBOX."""

    id: int
    account: int
    state: str
    sender: str
    subject: str
    message_id: str
    size: int
    created: int
    due: int
    attempts: int
    last_error: str
    explanation: str
    sent_copy: str
    server_id: str
    original: int | None
    answers: str
    codec: int
    data: bytes


ACCOUNTS = Table(
    "account", "id, address, protocol", "iss", (3,), lambda row: "@" in row[1] and row[2].isalnum()
)
FOLDERS = Table("folder", "id, account, name, wire, role, local, selectable", "iisssii", (12,))
MESSAGES = Table(
    "message",
    ", ".join(MessageRow._fields),
    "ii?siiissiiiiiiiiss",
    (19, 20, 21),
)
HEADERS = Table("header", "message, envelope, snippet", "iss", (3,), lambda row: row[1].startswith("["))
BODIES = Table("body", "message, codec, data, sha256", "iibb", (4,), lambda row: len(row[3]) == 32)
OUTBOX = Table(
    "outbox",
    ", ".join(OutgoingRow._fields),
    "iissssiiiissss?sib",
    (18,),
)
DRAFTS = Table(
    "draft",
    'id, account, sender, "to", cc, bcc, subject, body, markdown, in_reply_to, refs, original, answers,'
    " message, outbox, saved",
    "iissssssiss?s??i",
    (16,),
)
RECIPIENTS = Table("recipient", "outbox, number, address, state, code, text", "iissis", (6,))
UIDLS = Table("uidl", "account, uidl, message, downloaded", "is?i", (4, 7))
CONTACTS = Table("contact", "account, address, name, written, seen", "issii", (5,))
DRAFT_FILES = Table("draft_file", "id, draft, filename, type, size, codec, data", "iissiib", (7,))
