"""The bodies that are missing here, over one connection, newest first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable
from itertools import groupby

from tui.mail.scan import scan
from tui.model.account import Offline
from tui.model.error import Refused
from tui.model.event import MessagesChanged
from tui.model.folder import Folder
from tui.net.imap import ImapConnection
from tui.store.reader import Reader, Since
from tui.store.records import Missing
from tui.store.writer import Writer
from tui.sync.ahead import ahead
from tui.sync.board import Board
from tui.sync.indexing import MANY
from tui.sync.set_aside import SetAside

log = logging.getLogger(__name__)

ROUND = 5_000
DAY = 86_400


def wants_bodies_since(offline: Offline, folders: Iterable[Folder], now: float) -> Since | None:
    """Since when bodies are kept here, in `folders` as elsewhere; None when only headers are, everywhere."""
    usual = _oldest(offline, now)
    asked = ((one.id, _oldest(offline.of(one.name), now)) for one in folders)
    own = tuple((number, oldest) for number, oldest in asked if oldest != usual)
    return None if usual is None and not own else Since(usual, own)


def _oldest(offline: Offline, now: float) -> int | None:
    if offline.usual == "headers":
        return None
    return 0 if offline.days is None else int(now) - offline.days * DAY


class Bodies:
    """Fetches what `missing_bodies` names of the account `address`, received since.

    `check` is called after each batch, and ends the work by what it raises. `octets` counts what came,
    `withheld` names the messages that the server lists and does not hand out.
    """

    def __init__(
        self, board: Board, aside: SetAside, address: str, since: Since, check: Callable[[], None]
    ) -> None:
        self.octets = 0
        self.withheld: set[int] = set()
        self._board = board
        self._aside = aside
        self._address = address
        self._since = since
        self._check = check
        self._fetched = 0

    def fetch(self, connection: ImapConnection, reader: Reader, writer: Writer) -> None:
        """Fetch them all. May be called again, over another connection, to go on. Raises MailError."""
        total = reader.missing_count(self._address, self._since)
        while True:
            missing = [
                one
                for one in reader.missing_bodies(self._address, self._since, limit=ROUND + len(self.withheld))
                if one.id not in self.withheld
            ]
            if not missing:
                return
            for folder, wanted in groupby(missing, lambda one: one.folder):
                self._check()
                self._folder(connection, reader, writer, folder, list(wanted), total)

    def _folder(
        self, connection: ImapConnection, reader: Reader, writer: Writer,
        number: int, wanted: list[Missing], total: int,
    ) -> None:  # fmt: skip
        folder = reader.folder(number)
        if folder is None or not _may_read(connection, reader, number, folder.wire):
            self.withheld.update(one.id for one in wanted)
            return
        rows = {one.uid: one.id for one in wanted}
        for bodies in ahead(self._arriving(connection, number, wanted), lambda one: len(one[1])):
            batch = [(rows.pop(uid), raw) for uid, raw in bodies if uid in rows]
            self._store(writer, number, batch, total)
        self.withheld.update(rows.values())

    def _arriving(
        self, connection: ImapConnection, folder: int, wanted: list[Missing]
    ) -> Generator[tuple[int, bytes], None, None]:
        """The bytes of these, but of those that cannot be fetched."""
        sizes = {one.uid: one.size for one in wanted}
        return self._aside.fetched(folder, list(sizes), lambda uids: connection.bodies(uids, sizes))

    def _store(self, writer: Writer, folder: int, batch: list[tuple[int, bytes]], total: int) -> None:
        if not batch:
            return
        writer.bodies([(row, raw, None if total > MANY else scan(raw)) for row, raw in batch])
        self._fetched += len(batch)
        self.octets += sum(len(raw) for _, raw in batch)
        self._board.progress(self._address, self._fetched, max(total, self._fetched))
        self._board.tell(MessagesChanged(self._address, folder))
        self._check()


def _may_read(connection: ImapConnection, reader: Reader, number: int, wire: str) -> bool:
    """Select the folder; its UIDs mean something only under the UIDVALIDITY they were stored with."""
    try:
        selected = connection.select(wire, readonly=True)
    except Refused as error:
        log.info("a folder cannot be opened for its bodies: %s", error.detail)
        return False
    return selected.uidvalidity == reader.mark(number).uidvalidity


def require_same_numbers(connection: ImapConnection, reader: Reader, folder: Folder) -> None:
    """Raise Refused where the folder that is open was numbered anew since it was last read: by the UIDs that
    are known here the server would hand out other messages (RFC 3501 2.3.1.1)."""
    selected, mark = connection.selected, reader.mark(folder.id)
    if selected and mark.uidvalidity not in (0, selected.uidvalidity):
        raise Refused(
            f"The server has numbered {folder.name} anew, and this message is not found there yet.",
            "Fetch mail (Ctrl+R), then open it again.",
        )
