"""Downloads over a second connection, so that nobody waits behind them: here, or in a child process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from tui.model.error import MailError, Offline
from tui.model.event import MessagesChanged
from tui.model.explain_rule import Retry
from tui.net.imap import ImapConnection
from tui.store.reader import Reader, Since
from tui.store.writer import Writer
from tui.sync.bodies import Bodies
from tui.sync.bulk_child import Child
from tui.sync.connecting import sign_in
from tui.sync.context import Context, Halt
from tui.sync.errand import Changed, Ended, Errand, Progress
from tui.sync.visit import Counts

log = logging.getLogger(__name__)

INDEX_AFTER = 30.0
"""Seconds after which the index is begun although the download goes on."""
SHORTEST_SESSION = 60.0  # seconds; a token that ends sooner than this is not worth another


class BulkFetch:
    """`bulk:<account>`: does an errand and ends with `on_end`. With `child` a process beside this one does
    it; without, this thread fetches the bodies only."""

    def __init__(
        self, context: Context, errand: Errand, on_end: Callable[[], None], *, child: bool = False
    ) -> None:
        self._context = context
        self._errand = errand
        self._account = errand.account
        self._on_end = on_end
        self._by_child = child
        self._halt = Halt()
        self._connection = self._new_connection()
        self._error: MailError | None = None
        self._began = time.monotonic()
        self._bodies = Bodies(
            context.board, context.set_aside, self._account.address, errand.since or Since(), self._between
        )
        self._counts = Counts()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"bulk:{self._account.address}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def ended(self) -> bool:
        """Whether the work is over, well or not."""
        return self._ended.is_set()

    def report(self, counts: Counts) -> None:
        """Add what was fetched; raises the error that ended the work, if one did."""
        counts.new += self._counts.new
        counts.changed += self._counts.changed
        counts.bytes += self._counts.bytes + self._bodies.octets
        for problem in self._counts.problems:
            counts.problem(problem, self._counts.exit_code)
        if withheld := self._bodies.withheld:
            messages = "1 message" if len(withheld) == 1 else f"{len(withheld)} messages"
            counts.problem(
                f"The server listed {messages} that it did not hand out; that is tried again at the next "
                "fetch.",
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
                self._give_up_children(error)
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

    def _give_up_children(self, error: MailError) -> None:
        """Where no child process can be had, the next try does without, though keys then wait longer."""
        if isinstance(self._connection, Child) and self._connection.unusable:
            log.warning("no process can be begun for fetching: %s", error.detail)
            self._context.children = False

    def _sign_in(self) -> None:
        credentials, welcome = self._context.credentials, self._context.welcome
        first = self._connection
        sign_in(credentials, welcome, self._account, "incoming", first, self._another, self._halt.check)

    def _new_connection(self) -> ImapConnection | Child:
        if self._by_child:
            return Child(self._context.database, self._errand)
        assert self._account.imap is not None
        return ImapConnection(self._account.imap, self._account.ca_file)

    def _another(self) -> ImapConnection | Child:
        self._connection = self._new_connection()
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
            if isinstance(self._connection, Child):
                self._hear(self._connection)
            else:
                self._bodies.fetch(self._connection, reader, writer)
        except Offline as error:
            if error.retry is not Retry.REFRESH or time.monotonic() - began < SHORTEST_SESSION:
                raise
            return False
        return True

    def _hear(self, child: Child) -> None:
        """Pass on what the child process says. Raises what it ended with."""
        address, board = self._account.address, self._context.board
        for said in child.said():
            self._between()
            match said:
                case Progress(done, total, folder):
                    board.progress(address, done, total, folder)
                case Changed(folder):
                    board.tell(MessagesChanged(address, folder))
                case Ended(counts, withheld, suspected, error):
                    self._counts = counts
                    self._bodies.withheld |= withheld
                    self._context.set_aside.suspect(suspected)
                    if error:
                        raise error

    def _between(self) -> None:
        if time.monotonic() - self._began > INDEX_AFTER:
            self._context.index_due.set()
        self._halt.check()
