"""Accounts and their folders."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from tui.model.account import Protocol
from tui.model.error import NotFound
from tui.model.folder import Folder, Role, ServerFolder, SyncMark
from tui.store.codec import storable
from tui.store.faults import member

REMOVED_FOLDER = "Removed from server"
"""The local wastebasket: what a server has deleted stays in it for a while."""

RECOVERED_FOLDER = "Recovered"
"""Where a repair files messages of which it cannot tell any more where they stood."""

ROLE_NAMES = {
    Role.INBOX: "INBOX",
    Role.DRAFTS: "Drafts",
    Role.SENT: "Sent",
    Role.ARCHIVE: "Archive",
    Role.JUNK: "Junk",
    Role.TRASH: "Deleted",
}

_ROLES = frozenset(Role)
_FIRST = (Role.INBOX, Role.DRAFTS, Role.SENT, Role.ARCHIVE, Role.JUNK, Role.TRASH)

_HIDDEN = "folder.id IN (SELECT folder FROM pending WHERE kind = 'remove' AND error = '')"
"""Deleted here, and the server has still to be told."""

_FOLDER = """SELECT folder.id, account.address, folder.name, role, local, selectable, unread, total, wire
    FROM folder JOIN account ON account.id = folder.account"""


def account_id(db: sqlite3.Connection, address: str) -> int:
    """The account's number in the store. Raises NotFound."""
    found = db.execute("SELECT id FROM account WHERE address = ?", (address,)).fetchone()
    if found is None:
        raise NotFound(f"There is no mail of {address} here.", "outlook-tui account list shows all accounts.")
    return int(found[0])


def accounts(db: sqlite3.Connection) -> list[tuple[str, Protocol]]:
    """Addresses with the protocol that their folders are laid out for, in the order they were added."""
    found = db.execute("SELECT address, protocol FROM account ORDER BY id")
    return [(address, member(Protocol, protocol)) for address, protocol in found]


def save_account(db: sqlite3.Connection, address: str, protocol: Protocol) -> None:
    """Make the account known, or change only its protocol."""
    db.execute(
        "INSERT INTO account (address, protocol) VALUES (?, ?)"
        " ON CONFLICT (address) DO UPDATE SET protocol = excluded.protocol",
        (address, protocol.value),
    )


def forget_account(db: sqlite3.Connection, address: str) -> None:
    """Remove the account with all its mail."""
    found = db.execute("SELECT id FROM account WHERE address = ?", (address,)).fetchone()
    if found:
        db.execute("DELETE FROM message WHERE folder IN (SELECT id FROM folder WHERE account = ?)", found)
        db.execute("DELETE FROM account WHERE id = ?", found)


def role_of(text: str) -> Role:
    """The role that a column holds; none where it is damaged, so that one folder hides no others."""
    return Role(text) if text in _ROLES else Role.NONE


def _folder(row: Sequence[Any]) -> Folder:
    number, address, name, role, local, selectable, unread, total, wire = row
    return Folder(number, address, name, role_of(role), bool(local), bool(selectable), unread, total, wire)


def _rank(folder: Folder) -> tuple[int, str]:
    rank = _FIRST.index(folder.role) if folder.role in _FIRST else len(_FIRST)
    return rank, folder.name.casefold()


def folders(db: sqlite3.Connection, account: str) -> list[Folder]:
    """The folders of an account ("" for all, account by account): by role, then by name."""
    if account:
        found = db.execute(f"{_FOLDER} WHERE address = ? AND NOT {_HIDDEN}", (account,))
        return sorted(map(_folder, found), key=_rank)
    return [folder for address, _ in accounts(db) for folder in folders(db, address)]


def folder(db: sqlite3.Connection, number: int) -> Folder | None:
    """The folder of that id."""
    row = db.execute(f"{_FOLDER} WHERE folder.id = ?", (number,)).fetchone()
    return _folder(row) if row else None


def known_folder(db: sqlite3.Connection, number: int) -> Folder:
    """The folder of that id. Raises NotFound."""
    found = folder(db, number)
    if found is None:
        raise NotFound("This folder is not here any more.")
    return found


def folder_named(db: sqlite3.Connection, account: str, name: str) -> Folder | None:
    """The folder of exactly that name."""
    query = f"{_FOLDER} WHERE address = ? AND name = ? AND NOT {_HIDDEN}"
    row = db.execute(query, (account, name)).fetchone()
    return _folder(row) if row else None


def folder_role(db: sqlite3.Connection, account: str, role: Role) -> Folder | None:
    """The account's folder for a role; a server's before a local one."""
    row = db.execute(
        f"{_FOLDER} WHERE address = ? AND role = ? AND NOT {_HIDDEN} ORDER BY local, folder.id LIMIT 1",
        (account, role.value),
    ).fetchone()
    return _folder(row) if row else None


def local_folder(db: sqlite3.Connection, account: str, name: str, role: Role = Role.NONE) -> int:
    """The id of the account's folder of that name, made on this computer alone where there is none."""
    owner = account_id(db, account)
    name = storable(name)
    db.execute(  # one that was just deleted is wanted again
        "DELETE FROM pending WHERE kind = 'remove'"
        " AND folder = (SELECT id FROM folder WHERE account = ? AND name = ?)",
        (owner, name),
    )
    row = db.execute(
        "INSERT INTO folder (account, name, role, local) VALUES (?, ?, ?, 1)"
        " ON CONFLICT (account, name) DO UPDATE SET role = coalesce(nullif(excluded.role, ''), role)"
        " RETURNING id",
        (owner, name, role.value),
    ).fetchone()
    return int(row[0])


def make_folder(
    db: sqlite3.Connection, account: str, name: str, role: Role = Role.NONE, on_server: bool = False
) -> int:
    """A folder to be used at once; with `on_server` the server is told to make it, too. Answers its id."""
    row = db.execute(f"{_FOLDER} WHERE address = ? AND name = ?", (account, storable(name))).fetchone()
    before = _folder(row) if row else None
    number = local_folder(db, account, name, role)
    if on_server and (before is None or before.local):
        db.execute("UPDATE folder SET local = 0, wire = name, selectable = 1 WHERE id = ?", (number,))
        db.execute(
            "INSERT INTO pending (account, kind, folder, wire)"
            " SELECT account, 'create', id, wire FROM folder WHERE id = ?",
            (number,),
        )
    return number


def role_folder(db: sqlite3.Connection, account: str, role: Role) -> int:
    """The account's folder for a role, made where there is none: on the server of an IMAP account."""
    found = folder_role(db, account, role)
    if found:
        return found.id
    row = db.execute("SELECT protocol FROM account WHERE address = ?", (account,)).fetchone()
    return make_folder(db, account, ROLE_NAMES[role], role, row == (Protocol.IMAP.value,))


def take_list(db: sqlite3.Connection, account: str, listed: Iterable[ServerFolder]) -> list[int]:
    """Make the folders agree with a server's complete LIST. Answers those that have become local.

    A folder is known again by its wire name, else by its name: so a local one of that name becomes the
    server's, and its messages wait there to be matched. One that the server lists no more becomes local with
    all its messages, which are looked for in its other folders (it may have been renamed there), except when
    the server has still to be told to make it.
    """
    owner = account_id(db, account)
    names: set[str] = set()
    renaming = _renaming(db, owner)
    seen = {_take_one(db, owner, one, names, renaming) for one in listed}
    rows = db.execute(
        "SELECT id FROM folder WHERE account = ? AND NOT local"
        " AND id NOT IN (SELECT folder FROM pending WHERE kind = 'create')",
        (owner,),
    ).fetchall()
    gone = [number for (number,) in rows if number not in seen]
    for number in gone:
        if db.execute("SELECT 1 FROM pending WHERE kind = 'remove' AND folder = ?", (number,)).fetchone():
            removed(db, number)
        else:
            become_local(db, number, sought=True)
    return gone


def _renaming(db: sqlite3.Connection, owner: int) -> set[str]:
    """The names of all folders, while the server has still to be told of new ones: its own are outdated."""
    waits = "SELECT 1 FROM pending WHERE account = ? AND kind = 'rename' AND error = ''"
    if db.execute(waits, (owner,)).fetchone() is None:
        return set()
    return {name for (name,) in db.execute("SELECT name FROM folder WHERE account = ?", (owner,))}


def _take_one(
    db: sqlite3.Connection, owner: int, one: ServerFolder, names: set[str], renaming: set[str]
) -> int:
    name, wire, number = storable(one.name), storable(one.wire), 2
    if renaming:
        row = db.execute(
            "SELECT id, name FROM folder WHERE account = ? AND wire = ? AND NOT local", (owner, wire)
        ).fetchone()
        if row:
            names.add(row[1])
            return int(row[0])
    while (
        name in names or name in renaming
    ):  # two wire names may read alike, as a.b and a/b under another delimiter
        name, number = f"{storable(one.name)} ({number})", number + 1
    names.add(name)
    row = db.execute(
        "SELECT id, local FROM folder WHERE account = ? AND (wire = ? AND NOT local OR name = ?)"
        " ORDER BY name = ? DESC LIMIT 1",
        (owner, wire, name, name),
    ).fetchone()
    fields = (name, wire, one.role.value, one.selectable)
    if row is None:
        return _inserted(db, owner, fields)
    db.execute(
        "UPDATE folder SET name = ?, wire = ?, role = ?, selectable = ?, local = 0 WHERE id = ?",
        (*fields, row[0]),
    )
    if row[1]:
        db.execute("UPDATE message SET sought = 1 WHERE folder = ?", (row[0],))
    db.execute("DELETE FROM pending WHERE kind = 'create' AND folder = ?", (row[0],))
    return int(row[0])


def _inserted(db: sqlite3.Connection, owner: int, fields: tuple[str, str, str, bool]) -> int:
    row = db.execute(
        "INSERT INTO folder (account, name, wire, role, selectable, local) VALUES (?, ?, ?, ?, ?, 0)"
        " RETURNING id",
        (owner, *fields),
    ).fetchone()
    return int(row[0])


def removed(db: sqlite3.Connection, number: int) -> None:
    """The server has deleted a folder, as it was told. What is still in it here stays, on this computer."""
    db.execute("DELETE FROM pending WHERE kind = 'remove' AND folder = ?", (number,))
    if db.execute("SELECT 1 FROM message WHERE folder = ? LIMIT 1", (number,)).fetchone():
        become_local(db, number)
    else:
        db.execute("DELETE FROM folder WHERE id = ?", (number,))


def become_local(db: sqlite3.Connection, number: int, *, sought: bool = False) -> None:
    """Turn a server's folder into one of this computer: every message stays, no place is kept. `sought`: its
    messages may be in another folder of the server, and are looked for there.

    Changes that waited to be pushed in it are dropped; the flags last agreed on stay noted, so that what was
    changed here is still told should the messages be found on a server again.
    """
    db.execute(
        "UPDATE folder SET local = 1, wire = '', uidvalidity = 0, uidnext = 0, modseq = 0 WHERE id = ?",
        (number,),
    )
    db.execute("DELETE FROM pending WHERE folder = ?", (number,))
    db.execute(
        "DELETE FROM pending WHERE kind <> 'move' AND message IN (SELECT id FROM message WHERE folder = ?)",
        (number,),
    )
    db.execute(
        "UPDATE message SET uid = NULL, on_server = 0, sought = ? AND (uid IS NOT NULL OR sought), held = 0"
        " WHERE folder = ?",
        (sought, number),
    )


def mark(db: sqlite3.Connection, number: int) -> SyncMark:
    """How far the folder has been read; zeros when never."""
    row = db.execute("SELECT uidvalidity, uidnext, modseq FROM folder WHERE id = ?", (number,)).fetchone()
    return SyncMark(*row) if row else SyncMark()


def set_mark(db: sqlite3.Connection, number: int, reached: SyncMark) -> None:
    """Note how far the folder has been read."""
    db.execute(
        "UPDATE folder SET uidvalidity = ?, uidnext = ?, modseq = ? WHERE id = ?",
        (reached.uidvalidity, reached.uidnext, min(reached.modseq, (1 << 63) - 1), number),
    )
