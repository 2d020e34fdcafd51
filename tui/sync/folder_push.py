"""Changes of folders made here, told to the server: each once, in order, and safe to begin again.

A folder is deleted on the server only when nothing is left in it that could be lost: what has arrived there
since goes to the Deleted folder first, as all else in it did here.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.model.error import MailError, Refused
from tui.model.explain import explain
from tui.model.folder import Folder, Role
from tui.model.message import Flag
from tui.net.imap import ImapConnection
from tui.store.reader import Reader
from tui.store.records import Pending, PendingKind
from tui.store.writer import Writer

NAMING = frozenset({PendingKind.CREATE, PendingKind.RENAME})
DELETING = frozenset({PendingKind.REMOVE})
FOLDERS = NAMING | DELETING


def is_missing(error: MailError) -> bool:
    """Whether the server says that the folder is not there: by a code (RFC 5530 3) or in its own words."""
    found = explain(error.detail, "imap")
    return found is not None and found.name == "imap-no-folder"


class FolderPush:
    """Pushes one change of a folder after another over one connection."""

    def __init__(self, connection: ImapConnection, reader: Reader, writer: Writer) -> None:
        self._connection = connection
        self._reader = reader
        self._writer = writer

    def act(self, changes: Sequence[Pending]) -> None:
        """Push these. Raises Refused, BadInput."""
        for one in changes:
            folder = self._reader.folder(one.folder) if one.folder else None
            if folder is None or folder.local:
                self._writer.pending_done([one.id])
            elif not self._writer.pending_tried(one.id):
                continue  # taken back meanwhile
            elif one.kind is PendingKind.CREATE:
                self._create(one, folder)
            elif one.kind is PendingKind.RENAME:
                self._rename(one, folder)
            else:
                self._remove(one, folder)

    def _listed(self) -> set[str]:
        return {one.wire for one in self._connection.folders()}

    def _create(self, one: Pending, folder: Folder) -> None:
        wire = self._connection.wire_name(one.wire)
        if not one.attempts or wire not in self._listed():
            self._connection.create(wire)
        self._writer.folder_made(one.id, folder.id, wire)

    def _rename(self, one: Pending, folder: Folder) -> None:
        delimiter = self._connection.delimiter()
        wire = one.wire.replace("/", delimiter or "/")
        if wire != folder.wire and not (one.attempts and self._was_renamed(folder.wire, wire)):
            self._connection.rename(folder.wire, wire)
        self._writer.folder_moved(one.id, folder.id, wire, delimiter)

    def _was_renamed(self, old: str, new: str) -> bool:
        listed = self._listed()
        return new in listed and old not in listed

    def _remove(self, one: Pending, folder: Folder) -> None:
        if folder.wire in self._listed():
            if folder.selectable:
                self._empty(folder)
            self._delete(folder)
        self._writer.folder_removed(folder.id)

    def _delete(self, folder: Folder) -> None:
        """One that was there only by those inside it is gone with the last of them, whatever is listed."""
        try:
            self._connection.delete(folder.wire)
        except Refused as error:
            if not is_missing(error):
                raise

    def _empty(self, folder: Folder) -> None:
        """Move what is still in a folder to Deleted. What a server without MOVE has copied there already is
        marked as deleted."""
        if not self._connection.select(folder.wire).exists:
            return
        listing = self._connection.uids_and_flags()
        if not listing.complete:
            raise Refused(f"The server did not list all of {folder.name}.", "It is tried again at your word.")
        moves = "MOVE" in self._connection.capabilities
        uids = [uid for uid, (flags, _) in listing.flags.items() if moves or Flag.DELETED not in flags]
        if not uids:
            return
        trash = self._reader.folder_role(folder.account, Role.TRASH)
        if trash is None or trash.local or trash.id == folder.id:
            raise Refused(
                f"{folder.name} holds mail on the server, and there is no folder for deleted mail.",
                "Move that mail elsewhere first.",
            )
        self._connection.move(uids, trash.wire)
