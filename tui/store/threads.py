"""Conversations, found while messages are stored (after RFC 5256 REFERENCES, without its subject merging).

Every message is linked to its own Message-ID and to those it names; messages that share a link share a
conversation, whatever their order of arrival, across the folders of an account. A subject joins only where
nothing better can: an answer without In-Reply-To and References, the same two correspondents, 30 days.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence

from tui.model.message import Envelope
from tui.store import many
from tui.store.codec import integers, is_reply, storable

_LAST_REFERENCES = 40
_FIRST_REFERENCES = 2
_SUBJECT_SECONDS = 30 * 86_400
_SHORTEST_SUBJECT = 4


def _hash(text: str) -> int:
    digest = hashlib.blake2b(storable(text).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _linked(envelope: Envelope) -> set[int]:
    """The hashes of the Message-IDs that tie a message to its conversation.

    Of a long References field its first and last ones: a hostile one may hold 100,000.
    """
    references = envelope.references
    if len(references) > _FIRST_REFERENCES + _LAST_REFERENCES:
        references = references[:_FIRST_REFERENCES] + references[-_LAST_REFERENCES:]
    return {_hash(one) for one in (envelope.message_id, envelope.in_reply_to, *references) if one}


def _subject_hash(envelope: Envelope, subject: str) -> int | None:
    """Subject and the two correspondents, in either direction, for mail that names no other mail."""
    if envelope.in_reply_to or envelope.references or len(envelope.sender) != 1 or not envelope.to:
        return None
    if len(subject) < _SHORTEST_SUBJECT:
        return None
    pair = sorted((envelope.sender[0].address.casefold(), envelope.to[0].address.casefold()))
    return _hash("\0".join((subject, *pair)))


class Threads:
    """Finds the conversations of one batch of messages of one account, within the caller's transaction.

    The batch: envelopes with their `base_subject`, in the order in which they are added.
    """

    def __init__(self, db: sqlite3.Connection, account: int, batch: Sequence[tuple[Envelope, str]]) -> None:
        self._db = db
        self._account = account
        self._batch = [(_linked(one), _subject_hash(one, subject)) for one, subject in batch]
        self._next = iter(self._batch)
        self._links: dict[int, int] = dict(
            db.execute(
                "SELECT hash, thread FROM link"
                " WHERE account = ? AND hash IN (SELECT value FROM json_each(?))",
                (account, integers({one for ids, _ in self._batch for one in ids})),
            )
        )
        self._new_links: dict[int, int] = {}
        self._subjects = {
            key: (message, received, orphan)
            for key, message, received, orphan in db.execute(
                "SELECT hash, message, received, orphan FROM subject_link"
                " WHERE account = ? AND hash IN (SELECT value FROM json_each(?))",
                (account, integers({key for _, key in self._batch if key is not None})),
            )
        }
        self._found: dict[int, int] = {}

    def add(self, message: int, envelope: Envelope, received: int) -> None:
        """Put message `message` into a conversation: that of its own id where it begins one."""
        ids, key = next(self._next)
        known = sorted({self._links[one] for one in ids if one in self._links})
        by_subject = message if key is None else self._by_subject(key, message, envelope, received)
        thread = known[0] if known else by_subject
        if len(known) > 1:
            self._merge(known[1:], thread)
        for one in ids:
            if self._links.get(one) != thread:
                self._links[one] = self._new_links[one] = thread
        self._found[message] = thread

    def save(self) -> dict[int, int]:
        """Write the new links; once, after the last `add`. Answers each added message's conversation."""
        many.insert(
            self._db,
            "INSERT INTO link (account, hash, thread)",
            [(self._account, one, thread) for one, thread in sorted(self._new_links.items())],
            "ON CONFLICT (account, hash) DO UPDATE SET thread = excluded.thread",
        )
        many.insert(
            self._db,
            "INSERT OR REPLACE INTO subject_link (account, hash, message, received, orphan)",
            [
                (self._account, key, *self._subjects[key])
                for key in sorted({key for _, key in self._batch if key is not None})
            ],
        )
        return self._found

    def _by_subject(self, key: int, message: int, envelope: Envelope, received: int) -> int:
        orphan = is_reply(envelope.subject)
        before = self._subjects.get(key)
        self._subjects[key] = (message, received, orphan)
        if before is None or abs(received - before[1]) > _SUBJECT_SECONDS:
            return message
        answered = before[2] and before[1] >= received  # an answer was here before what it answers
        return self._thread_of(before[0]) or message if orphan or answered else message

    def _thread_of(self, message: int) -> int | None:
        if message in self._found:
            return self._found[message]
        row = self._db.execute("SELECT thread FROM message WHERE id = ?", (message,)).fetchone()
        return int(row[0]) if row else None

    def _merge(self, others: Iterable[int], thread: int) -> None:
        """Make several conversations one: a message has come that ties them together."""
        taken = set(others)
        for table in ("message", "link"):
            self._db.execute(
                f"UPDATE {table} SET thread = ? WHERE thread IN (SELECT value FROM json_each(?))",  # noqa: S608
                (thread, integers(taken)),
            )
        for links in (self._links, self._new_links, self._found):
            for one, old in links.items():
                if old in taken:
                    links[one] = thread
