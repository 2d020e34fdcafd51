"""Bodies by the thousand, over a second connection, so that nobody waits behind them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator
from itertools import groupby

from tui.mail.scan import scan
from tui.model import account as kinds
from tui.model.account import Account
from tui.model.error import Cancelled, MailError, Offline, Refused
from tui.model.event import MessagesChanged
from tui.model.explain_rule import Retry
from tui.net.imap import ImapConnection
from tui.store.reader import Reader
from tui.store.records import Missing
from tui.store.writer import Writer
from tui.sync.ahead import ahead
from tui.sync.connecting import sign_in
from tui.sync.context import Context, Halt
from tui.sync.indexing import MANY
from tui.sync.visit import Counts

log = logging.getLogger(__name__)

ROUND = 5_000
INDEX_AFTER = 30.0
"""Seconds after which the index is begun although the download goes on."""
DAY = 86_400
SHORTEST_SESSION = 60.0  # seconds; a token that ends sooner than this is not worth another


def wants_bodies_since(offline: kinds.Offline, now: float) -> int | None:
    """The oldest time (Unix seconds) of which bodies are kept here; None when only headers are."""
    if offline.text == "headers":
        return None
    return 0 if offline.days is None else int(now) - offline.days * DAY


class BulkFetch:
    """`bulk:<account>`: fetches what `missing_bodies` names, newest first, and ends with `on_end`."""

    def __init__(self, context: Context, account: Account, since: int, on_end: Callable[[], None]) -> None:
        assert account.imap is not None
        self._context = context
        self._account = account
        self._since = since
        self._on_end = on_end
        self._halt = Halt()
        self._connection = ImapConnection(account.imap, account.ca_file)
        self._error: MailError | None = None
        self._fetched = 0
        self._octets = 0
        self._began = time.monotonic()
        self._withheld: set[int] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"bulk:{account.address}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def ended(self) -> bool:
        """Whether the work is over, well or not."""
        return self._ended.is_set()

    def report(self, counts: Counts) -> None:
        """Add what was fetched; raises the error that ended the work, if one did."""
        counts.bytes += self._octets
        if self._withheld:
            counts.problem(
                f"The server listed {len(self._withheld)} messages that it did not hand out; "
                "they are tried again at the next fetch.",
                75,
            )
        if self._error:
            raise self._error

    def abort(self) -> None:
        """Stop at once; from any thread."""
        self._halt.stop.set()
        self._connection.abort()

    def close(self) -> None:
        """Stop if still at work, and wait until the connection is free."""
        if not self.ended:
            self.abort()
        self._thread.join(5.0)

    # The thread

    def _run(self) -> None:
        try:
            with Reader(self._context.database) as reader, Writer(self._context.database) as writer:
                self._sign_in()
                while not self._fetched_all(reader, writer):
                    self._sign_in_again()
        except MailError as error:
            if not self._halt.stop.is_set():
                self._error = error
        except Exception as error:  # the top of a thread: nothing above it could say what happened
            log.exception("fetching bodies failed")
            self._error = MailError("Fetching failed by a fault of this program.", detail=repr(error))
        finally:
            if self._error or self._halt.stop.is_set():
                self._connection.abort()
            self._connection.close()
            self._context.index_due.set()
            self._ended.set()
            self._on_end()

    def _sign_in(self) -> None:
        credentials, welcome = self._context.credentials, self._context.welcome
        first = self._connection
        sign_in(credentials, welcome, self._account, "incoming", first, self._another, self._halt.check)

    def _another(self) -> ImapConnection:
        assert self._account.imap is not None
        self._connection = ImapConnection(self._account.imap, self._account.ca_file)
        return self._connection

    def _sign_in_again(self) -> None:
        """The hour of this session's token is over: the rest comes over another connection."""
        self._context.credentials.kept.spent(self._account.address)
        self._connection.abort()
        self._connection.close()
        self._another()
        self._halt.check()
        self._sign_in()

    def _fetched_all(self, reader: Reader, writer: Writer) -> bool:
        """False when the session's token came to its end before the work did."""
        began = time.monotonic()
        try:
            self._fetch(reader, writer)
        except Offline as error:
            if error.retry is not Retry.REFRESH or time.monotonic() - began < SHORTEST_SESSION:
                raise
            return False
        return True

    def _fetch(self, reader: Reader, writer: Writer) -> None:
        address = self._account.address
        total = reader.missing_count(address, self._since)
        while True:
            missing = [
                one
                for one in reader.missing_bodies(address, self._since, limit=ROUND + len(self._withheld))
                if one.id not in self._withheld
            ]
            if not missing:
                return
            for folder, wanted in groupby(missing, lambda one: one.folder):
                self._folder(reader, writer, folder, list(wanted), total)

    def _folder(self, reader: Reader, writer: Writer, number: int, wanted: list[Missing], total: int) -> None:
        self._halt.check()
        folder = reader.folder(number)
        if folder is None or not self._may_read(reader, number, folder.wire):
            self._withheld.update(one.id for one in wanted)
            return
        rows = {one.uid: one.id for one in wanted}
        for bodies in ahead(self._bodies(number, wanted), lambda one: len(one[1])):
            batch = [(rows.pop(uid), raw) for uid, raw in bodies if uid in rows]
            self._store(writer, number, batch, total)
        self._withheld.update(rows.values())

    def _bodies(self, folder: int, wanted: list[Missing]) -> Generator[tuple[int, bytes], None, None]:
        """The bytes of these, but of those that cannot be fetched."""
        sizes = {one.uid: one.size for one in wanted}
        aside, connection = self._context.set_aside, self._connection
        return aside.fetched(folder, list(sizes), lambda uids: connection.bodies(uids, sizes))

    def _may_read(self, reader: Reader, number: int, wire: str) -> bool:
        """Select the folder; its UIDs mean something only under the UIDVALIDITY they were stored with."""
        try:
            selected = self._connection.select(wire, readonly=True)
        except Refused as error:
            log.info("a folder cannot be opened for its bodies: %s", error.detail)
            return False
        return selected.uidvalidity == reader.mark(number).uidvalidity

    def _store(self, writer: Writer, folder: int, batch: list[tuple[int, bytes]], total: int) -> None:
        if not batch:
            return
        writer.bodies([(row, raw, None if total > MANY else scan(raw)) for row, raw in batch])
        self._fetched += len(batch)
        self._octets += sum(len(raw) for _, raw in batch)
        self._context.board.progress(self._account.address, self._fetched, max(total, self._fetched))
        self._context.board.tell(MessagesChanged(self._account.address, folder))
        if time.monotonic() - self._began > INDEX_AFTER:
            self._context.index_due.set()
        if self._halt.stop.is_set():
            raise Cancelled("Stopped.")
