"""Changes of folders made here, told to the server: each once, in order, and safe to begin again.

A folder is deleted on the server only when nothing is left in it that could be lost: what has arrived there
since goes to the Deleted folder first, as all else in it did here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tui.model.error import MailError, Refused
from tui.model.explain import explain
from tui.model.folder import Folder, Role, ServerFolder
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


@contextmanager
def _unless_missing() -> Iterator[None]:
    """Let a refusal pass that says that the folder is gone already."""
    try:
        yield
    except Refused as error:
        if not is_missing(error):
            raise


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
                self._remove(folder)

    def _listed(self) -> dict[str, ServerFolder]:
        return {one.wire: one for one in self._connection.folders()}

    def _create(self, one: Pending, folder: Folder) -> None:
        wire = self._connection.wire_name(one.wire)
        if not one.attempts or wire not in self._listed():
            self._connection.create(wire)
        self._writer.folder_made(one.id, folder.id, wire)

    def _rename(self, one: Pending, folder: Folder) -> None:
        delimiter = self._connection.delimiter()
        wire = self._connection.wire_name(one.wire)
        if wire != folder.wire and not (one.attempts and self._was_renamed(folder.wire, wire)):
            self._connection.rename(folder.wire, wire)
        self._writer.folder_moved(one.id, folder.id, wire, delimiter)

    def _was_renamed(self, old: str, new: str) -> bool:
        listed = self._listed()
        return new in listed and old not in listed

    def _remove(self, folder: Folder) -> None:
        """Delete a folder, emptied as it is now: what only had others inside it may hold mail by this time.
        One that is there no more, or was only by those inside it, whatever is listed, is gone already."""
        there = self._listed().get(folder.wire)
        if there is not None:
            if there.selectable:
                self._empty(folder)
            with _unless_missing():
                self._connection.delete(folder.wire)
        self._writer.folder_removed(folder.id)

    def _empty(self, folder: Folder) -> None:
        """Move what is still in a folder to Deleted. What a server without MOVE has copied there already is
        marked as deleted."""
        exists = 0
        with _unless_missing():
            exists = self._connection.select(folder.wire).exists
        if not exists:
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
