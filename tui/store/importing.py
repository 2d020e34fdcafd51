"""Mail that was kept elsewhere and comes in from files: what is here already is not stored again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from tui.model.folder import Role
from tui.model.message import NewMessage
from tui.store.codec import unpack
from tui.store.folders import known_folder
from tui.store.insert import append

Same = Callable[[bytes, bytes], bool]
"""Whether the bytes of two messages of one fingerprint are the same message."""

_TWINS = """SELECT codec, data, size FROM message JOIN folder ON folder.id = message.folder
        LEFT JOIN body ON body.message = message.id
    WHERE fingerprint = ?1 AND folder.account = (SELECT account FROM folder WHERE id = ?2) AND NOT removed
        AND (folder.id = ?2 OR (?3 AND folder.role <> ?4))"""


def add_absent(
    db: sqlite3.Connection,
    folder: int,
    messages: Sequence[tuple[NewMessage, int]],
    same: Same,
    everywhere: bool = False,
) -> list[int]:
    """Store those messages that the folder has not got yet, as `insert.append` does. With each comes its size
    in octets on the wire, by which a message is known whose bytes are not here yet.

    With `everywhere` the whole account is looked through, but for what the person has deleted. Answers the
    new ids in the order given, 0 for each message that was here.
    """
    known_folder(db, folder)
    fresh: list[NewMessage] = []
    places: list[int] = []
    for message, size in messages:
        raw = message.raw or b""
        twins = [one for one in fresh if one.fingerprint == message.fingerprint]
        repeated = any(same(one.raw or b"", raw) for one in twins) or _is_here(
            db, folder, message.fingerprint, raw, size, same, everywhere
        )
        places.append(-1 if repeated else len(fresh))
        if not repeated:
            fresh.append(message)
    ids = append(db, folder, fresh)
    return [0 if place < 0 else ids[place] for place in places]


def _is_here(
    db: sqlite3.Connection, folder: int, fingerprint: int, raw: bytes, size: int, same: Same, everywhere: bool
) -> bool:
    found = db.execute(_TWINS, (fingerprint, folder, everywhere, Role.TRASH.value)).fetchall()
    return any(
        known == size if data is None else same(unpack(codec, data), raw) for codec, data, known in found
    )
