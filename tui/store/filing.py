"""Folders that the person makes, renames and deletes: done here at once, with what the server is told later.

A folder that a server has still to be told to delete is hidden, not gone: what is in it there is not known
before that server is asked, and it may refuse.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from tui.model.error import Refused
from tui.model.folder import Folder
from tui.store import actions
from tui.store.codec import integers, storable
from tui.store.folders import RECOVERED_FOLDER, known_folder

_BELOW = (
    "account = (SELECT account FROM folder WHERE id = ?1) AND substr(name, 1, length(?2) + 1) = ?2 || '/'"
)


def _below(db: sqlite3.Connection, top: Folder) -> list[Folder]:
    """The folders inside a folder, the deepest last."""
    found = db.execute(f"SELECT id FROM folder WHERE {_BELOW} ORDER BY name", (top.id, top.name)).fetchall()  # noqa: S608
    return [known_folder(db, number) for (number,) in found]


def _tell(db: sqlite3.Connection, kind: str, folder: int, wire: str) -> None:
    db.execute(
        "INSERT INTO pending (account, kind, folder, wire) SELECT account, ?, id, ? FROM folder WHERE id = ?",
        (kind, wire, folder),
    )


def rename(db: sqlite3.Connection, number: int, name: str) -> None:
    """Call a folder `name`, and those inside it after it. Raises NotFound, Refused where there is one of that
    name."""
    top, name = known_folder(db, number), storable(name)
    inside = _below(db, top)
    renamed = {top.id: name} | {one.id: name + one.name[len(top.name) :] for one in inside}
    for new in renamed.values():
        row = db.execute(
            "SELECT id FROM folder WHERE name = ? AND account = (SELECT account FROM folder WHERE id = ?)",
            (new, number),
        ).fetchone()
        if row and row[0] not in renamed:
            raise Refused(f"There is a folder {new} already.", "Choose another name, or look into that one.")
    for one in renamed:  # names of their own first, so that none meets another on the way
        db.execute("UPDATE folder SET name = ? WHERE id = ?", (f"\0{one}", one))
    for one, new in renamed.items():
        db.execute("UPDATE folder SET name = ? WHERE id = ?", (new, one))
    told = [top] if not top.local else inside
    for folder in told:
        if not folder.local:
            _tell(db, "rename", folder.id, renamed[folder.id])


def remove(db: sqlite3.Connection, number: int, trash: int) -> int:
    """Delete a folder and those inside it, their messages moved to the folder `trash`. Answers how many.

    Raises NotFound, and Refused where a message cannot be moved.
    """
    top = known_folder(db, number)
    moved = 0
    for folder in [*reversed(_below(db, top)), top]:
        if folder.id == trash:
            raise Refused(f"{folder.name} is where deleted mail goes.", "Delete the folders beside it.")
        ids = [one for (one,) in db.execute("SELECT id FROM message WHERE folder = ?", (folder.id,))]
        moved += len(actions.move(db, ids, trash) if ids else [])
        if folder.local or _never_made(db, folder.id):
            db.execute("DELETE FROM folder WHERE id = ?", (folder.id,))
        else:
            _tell(db, "remove", folder.id, folder.wire)
    return moved


def _never_made(db: sqlite3.Connection, folder: int) -> bool:
    """Whether the server has not even been asked to make it."""
    row = db.execute(
        "SELECT 1 FROM pending WHERE kind = 'create' AND folder = ? AND attempts = 0 AND error = ''"
        " AND NOT EXISTS (SELECT 1 FROM pending AS leaves WHERE leaves.folder = ?1 AND leaves.kind = 'move')",
        (folder,),
    ).fetchone()
    return row is not None


def made(db: sqlite3.Connection, change: int, folder: int, wire: str) -> None:
    """The server has made a folder, and calls it `wire`."""
    db.execute("DELETE FROM pending WHERE id = ?", (change,))
    db.execute("UPDATE folder SET wire = ? WHERE id = ?", (storable(wire), folder))


def moved(db: sqlite3.Connection, change: int, folder: int, wire: str, delimiter: str) -> None:
    """The server has renamed a folder to `wire`, and with it what is inside: `delimiter` ends its name there.

    Change 0 for a name that another program has changed.
    """
    before = known_folder(db, folder)
    wire, inside = storable(wire), before.wire + delimiter
    db.execute("DELETE FROM pending WHERE id = ?", (change,))
    db.execute("UPDATE folder SET wire = ? WHERE id = ?", (wire, folder))
    if delimiter:
        db.execute(
            "UPDATE folder SET wire = ?1 || substr(wire, length(?2) + 1) WHERE NOT local AND id <> ?3"
            " AND account = (SELECT account FROM folder WHERE id = ?3) AND substr(wire, 1, length(?4)) = ?4",
            (wire, before.wire, folder, inside),
        )
    db.execute(
        "UPDATE pending SET wire = (SELECT wire FROM folder WHERE folder.id = pending.folder)"
        " WHERE kind IN ('move', 'copy', 'expunge')"
        " AND folder IN (SELECT id FROM folder WHERE account = (SELECT account FROM folder WHERE id = ?))",
        (folder,),
    )


def settle_vanished(db: sqlite3.Connection, account: str, vanished: Iterable[int]) -> list[str]:
    """All folders of a server have been read: messages of folders that it has no more, and that were found in
    none of the others, are mail of this computer. Answers the names of their folders, without those that a
    repair has made; `vanished` are those of this visit, of which those left empty go."""
    db.execute(
        "DELETE FROM folder WHERE id IN (SELECT value FROM json_each(?)) AND local AND total = 0",
        (integers(vanished),),
    )
    found = db.execute(
        "SELECT folder.id, name FROM folder JOIN account ON account.id = folder.account WHERE address = ?"
        " AND local AND EXISTS (SELECT 1 FROM message WHERE folder = folder.id AND sought)",
        (account,),
    ).fetchall()
    db.executemany("UPDATE message SET sought = 0 WHERE folder = ?", [(number,) for number, _ in found])
    return [name for _, name in found if not name.startswith(RECOVERED_FOLDER)]
