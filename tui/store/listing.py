"""What a sync compares with the server's lists: places, flags, fingerprints, UIDLs, missing bodies."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from tui.model.folder import Role
from tui.model.message import BodyState, Flag
from tui.store.codec import SEQUENCE_BITS, integers, second, tags_of
from tui.store.records import Missing, Placed, Since, UidlRow

_ACCOUNT_FOLDERS = (
    "(SELECT folder.id FROM folder JOIN account ON account.id = folder.account WHERE account.address = ?)"
)


_AT_UIDS = "AND uid IN (SELECT value FROM json_each(?))"


class _Flags(dict[int, Flag]):
    """Flags by their bits: a folder has few different ones, so each is made once."""

    def __missing__(self, bits: int) -> Flag:
        self[bits] = flag = Flag(bits)
        return flag


class _Tags(dict[str, frozenset[str]]):
    """Tags by their column, each made once."""

    def __missing__(self, text: str) -> frozenset[str]:
        self[text] = tags = tags_of(text)
        return tags


def listing(db: sqlite3.Connection, folder: int, uids: Iterable[int] | None = None) -> list[Placed]:
    """Every row of a folder, newest first, or those at `uids`."""
    flags, tags = _Flags(), _Tags()
    states = (BodyState.HEADERS, BodyState.FULL)
    found = db.execute(
        "SELECT id, coalesce(uid, 0), flags, agreed, tags, agreed_tags, fingerprint, whole, position >> ?"  # noqa: S608
        f" FROM message WHERE folder = ? {_AT_UIDS if uids is not None else ''} ORDER BY position DESC",
        (SEQUENCE_BITS, folder) if uids is None else (SEQUENCE_BITS, folder, integers(uids)),
    )
    return [
        Placed(number, uid, flags[now], flags[agreed], tags[own], tags[theirs], mark, states[whole], received)
        for number, uid, now, agreed, own, theirs, mark, whole, received in found
    ]


def placed_count(db: sqlite3.Connection, folder: int) -> int:
    """How many places of the server's folder are accounted for: rows in it, and rows that leave it."""
    row = db.execute("SELECT count(uid) FROM message WHERE folder = ?", (folder,)).fetchone()
    return int(row[0]) + len(leaving(db, folder))


def leaving(db: sqlite3.Connection, folder: int) -> frozenset[int]:
    """The uids of a folder that were moved away or removed here, which the server does not know yet."""
    found = db.execute(
        "SELECT uid FROM pending WHERE folder = ? AND kind IN ('move', 'expunge') AND uid > 0", (folder,)
    )
    return frozenset(uid for (uid,) in found)


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for fingerprint, number in pairs:
        found.setdefault(fingerprint, []).append(number)
    return found


def known_at(db: sqlite3.Connection, folder: int, limit: int) -> dict[int, int]:
    """Fingerprints by the uid under which the server's folder has the messages: the newest places first, and
    those of messages that are to be moved away from there, too."""
    return dict(
        db.execute(
            "SELECT uid, fingerprint FROM message WHERE folder = ?1 AND uid > 0"
            " UNION SELECT pending.uid, fingerprint FROM pending JOIN message ON message.id = pending.message"
            " WHERE pending.folder = ?1 AND kind = 'move' AND pending.uid > 0 ORDER BY 1 DESC LIMIT ?2",
            (folder, limit),
        ).fetchall()
    )


def unplaced(db: sqlite3.Connection, folder: int) -> dict[int, list[int]]:
    """Rows by fingerprint whose place in a folder is not known: just moved into it, appended, of an earlier
    UIDVALIDITY or of before a switch; and those that were moved out of it without their uid being known."""
    here = db.execute(
        "SELECT fingerprint, id FROM message WHERE folder = ? AND uid IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM pending WHERE pending.message = message.id AND kind IN ('move', 'copy'))"
        " ORDER BY id",
        (folder,),
    ).fetchall()
    left = db.execute(
        "SELECT fingerprint, message.id FROM pending JOIN message ON message.id = pending.message"
        " WHERE pending.folder = ? AND kind = 'move' AND pending.uid = 0 ORDER BY message.id",
        (folder,),
    ).fetchall()
    return _grouped([*here, *left])


def awaited(db: sqlite3.Connection, folder: int, message: int) -> int:
    """How many other messages like this one the server is thought to have in a folder without their uid being
    known yet."""
    row = db.execute(
        "SELECT count(*) FROM message AS other JOIN message AS asked ON asked.id = ?2"
        " AND other.fingerprint = asked.fingerprint AND other.id <> asked.id"
        " LEFT JOIN pending AS leaves ON leaves.message = other.id AND leaves.kind = 'move'"
        " WHERE leaves.folder = ?1 AND leaves.uid = 0 OR other.folder = ?1 AND other.uid IS NULL"
        " AND (other.on_server OR other.sought) AND NOT EXISTS (SELECT 1 FROM pending"
        " WHERE pending.message = other.id AND pending.kind IN ('append', 'copy', 'move'))",
        (folder, message),
    ).fetchone()
    return int(row[0])


def missed(db: sqlite3.Connection, account: str, gone: Iterable[int]) -> dict[tuple[int, int], list[int]]:
    """Rows by fingerprint and size that an account's server had no more, and which it may list again: those
    in the wastebasket, those of folders that have vanished there, and `gone`."""
    found: dict[tuple[int, int], list[int]] = {}
    for fingerprint, size, number in db.execute(
        f"SELECT fingerprint, size, id FROM message WHERE folder IN {_ACCOUNT_FOLDERS.replace('?', '?1')}"  # noqa: S608
        " AND (removed > 0 OR id IN (SELECT value FROM json_each(?2))"
        " OR sought AND folder IN (SELECT id FROM folder WHERE local)) ORDER BY id",
        (account, integers(gone)),
    ):
        found.setdefault((fingerprint, size), []).append(number)
    return found


def by_fingerprint(db: sqlite3.Connection, account: str, fingerprint: int, folder: int | None) -> list[int]:
    """The messages of an account (or one folder of it) with that fingerprint, oldest row first."""
    found = db.execute(
        f"SELECT id FROM message WHERE fingerprint = ?2 AND folder IN {_ACCOUNT_FOLDERS.replace('?', '?1')}"  # noqa: S608
        " AND (?3 IS NULL OR folder = ?3) ORDER BY id",
        (account, fingerprint, folder),
    )
    return [number for (number,) in found]


def uidls(db: sqlite3.Connection, account: str) -> dict[str, UidlRow]:
    """The UIDLs of an account's messages that have been here, also those that were removed since, here or on
    the server."""
    found = db.execute(
        "SELECT uidl.uidl, message, downloaded, coalesce(whole, 0), coalesce(role, ''), uidl.fingerprint,"
        " uidl.size, left > 0 FROM uidl"
        " JOIN account ON account.id = uidl.account LEFT JOIN message ON message.id = uidl.message"
        " LEFT JOIN folder ON folder.id = message.folder WHERE address = ?",
        (account,),
    )
    return {
        uidl: UidlRow(
            message,
            downloaded,
            bool(whole),
            message is None or (bool(whole) and role == Role.TRASH.value),
            fingerprint,
            size,
            bool(left),
        )
        for uidl, message, downloaded, whole, role, fingerprint, size, left in found
    }


def unlinked(db: sqlite3.Connection, account: str) -> dict[int, list[int]]:
    """Rows by fingerprint that never had a UIDL, as after a switch to POP3. What one has written oneself is
    left out: the copy that comes back from a list or to oneself is another message."""
    return _grouped(
        db.execute(
            "SELECT fingerprint, message.id FROM message JOIN folder ON folder.id = folder"
            " JOIN account ON account.id = folder.account"
            " WHERE address = ? AND uidl = '' AND role NOT IN ('sent', 'drafts') ORDER BY message.id",
            (account,),
        )
    )


def alike(db: sqlite3.Connection, account: str, fingerprints: Iterable[int]) -> dict[int, list[int]]:
    """Rows by those of the fingerprints that an account has; as `unlinked` without Sent and Drafts."""
    return _grouped(
        db.execute(
            "SELECT fingerprint, id FROM message WHERE fingerprint IN (SELECT value FROM json_each(?2))"  # noqa: S608
            f" AND folder IN {_ACCOUNT_FOLDERS.replace('?', '?1')} AND folder NOT IN"
            " (SELECT id FROM folder WHERE role IN ('sent', 'drafts')) ORDER BY id",
            (account, integers(fingerprints)),
        )
    )


_SERVER_FOLDERS = f"SELECT id FROM folder WHERE NOT local AND id IN {_ACCOUNT_FOLDERS.replace('?', '?1')}"  # noqa: S608


def missing(
    db: sqlite3.Connection, account: str, since: Since, folder: int | None, limit: int
) -> list[Missing]:
    """Bodies to be fetched: the inbox first, then folder by folder, newest first; at most `limit` where that
    is not 0."""
    folders = db.execute(
        f"{_SERVER_FOLDERS} AND (?2 IS NULL OR id = ?2)"
        " ORDER BY role <> 'inbox', role IN ('junk', 'trash'), id",
        (account, folder),
    ).fetchall()
    found: list[Missing] = []
    for (number,) in folders:
        oldest = since.of(number)
        if oldest is None:
            continue
        # One folder at a time: the index has them in this order, and nothing beyond the limit is looked at.
        rows = db.execute(
            "SELECT id, folder, uid, size FROM message WHERE whole = 0 AND folder = ? AND position >= ?"
            " AND uid IS NOT NULL ORDER BY position DESC LIMIT ?",
            (number, second(oldest) << SEQUENCE_BITS, limit - len(found) if limit else -1),
        )
        found += [Missing(*row) for row in rows]
        if limit and len(found) >= limit:
            break
    return found


def missing_count(db: sqlite3.Connection, account: str, since: Since) -> int:
    """How many bodies `missing` would name without a limit."""
    own = [number for number, _ in since.folders]
    wanted = [(oldest, "IN", [number]) for number, oldest in since.folders if oldest is not None]
    if since.usual is not None:
        wanted.append((since.usual, "NOT IN", own))
    return sum(
        int(
            db.execute(
                "SELECT count(*) FROM message WHERE whole = 0 AND uid IS NOT NULL AND position >= ?2"  # noqa: S608
                f" AND folder IN ({_SERVER_FOLDERS}) AND folder {which} (SELECT value FROM json_each(?3))",
                (account, second(oldest) << SEQUENCE_BITS, integers(folders)),
            ).fetchone()[0]
        )
        for oldest, which, folders in wanted
    )
