"""A POP3 session: what is new is stored first, and deleted there only afterwards (RFC 1939)."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Sequence
from functools import partial

from tui.mail.header import fingerprint
from tui.model.account import Account
from tui.model.error import Cancelled, MailError, NotFound, Refused, StoreBroken
from tui.model.event import FoldersChanged
from tui.model.folder import Folder, Role
from tui.model.message import BodyState
from tui.net.pop3 import Pop3Connection
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.connecting import sign_in
from tui.sync.context import Context
from tui.sync.jobs import FetchAllBodies, FetchMail, LookForSent, OpenBody, PushChanges, Work
from tui.sync.pop3_download import Download, Numbered, Session, batches
from tui.sync.pop3_match import Unclaimed
from tui.sync.pop3_plan import Held, plan_maildrop
from tui.sync.pop3_same import answers, is_known, is_placeholder
from tui.sync.visit import Counts, Interlude

log = logging.getLogger(__name__)

LEAST_PAUSE = 300.0  # seconds
NOT_CONFIRMED = "The server did not confirm the deletions; what is still there is asked for again."
GONE = "Only the header of this message is on this computer, and the server has it no more."
DAMAGED = (
    "A message that was to be deleted on the server is damaged here, so it stays there. "
    "Close every outlook-tui, then run: outlook-tui doctor --repair"
)
KEPT = "Its text cannot be fetched; what is here stays."
PLACEHOLDER = (
    "The server could not hand out a message as it is and sent a note in its place; the message stays there, "
    "where Outlook can show it."
)
LOCAL_FOLDERS = (
    ("INBOX", Role.INBOX),
    ("Drafts", Role.DRAFTS),
    ("Sent", Role.SENT),
    ("Archive", Role.ARCHIVE),
    ("Junk", Role.JUNK),
    ("Deleted", Role.TRASH),
)


def unnamed_words(number: int) -> str:
    """Why messages that are to be deleted on the server are not: it gives them no name of their own."""
    messages, they = ("1 message stays", "it") if number == 1 else (f"{number:,} messages stay", "them")
    return (
        f"{messages} on the server, which cannot be told safely to delete {they}: it has no UIDL for {they},"
        " or repeats it, and another message might go instead."
    )


class Pop3Visit:
    """One POP3 connection; the maildrop is locked while it lasts, so it never outlives its work."""

    def __init__(
        self, context: Context, account: Account, reader: Reader, writer: Writer, interlude: Interlude
    ) -> None:
        assert account.pop3 is not None
        self._context = context
        self._account = account
        self._reader = reader
        self._writer = writer
        self._interlude = interlude
        self._connection = Pop3Connection(account.pop3, account.ca_file)
        self._proved: set[int] = set()  # numbers whose message is known to be the one in the store
        self._asked: list[str] = []  # UIDLs that the server was asked to delete
        self._parted = False
        self._aborted = threading.Event()

    def open(self) -> None:
        """Connect and sign in."""
        credentials, welcome = self._context.credentials, self._context.welcome
        first = self._connection
        sign_in(credentials, welcome, self._account, "incoming", first, self._another, self._check)

    def _another(self) -> Pop3Connection:
        assert self._account.pop3 is not None
        self._connection = Pop3Connection(self._account.pop3, self._account.ca_file)
        return self._connection

    def _check(self) -> None:
        if self._aborted.is_set():
            raise Cancelled("Stopped.")

    def do(self, work: Work) -> object:
        """Carry out one piece of work; POP3 has nothing to push to."""
        match work:
            case FetchMail():
                return self._fetch(self._account.fetch_up_to * 1000)
            case FetchAllBodies():
                return self._fetch(0)
            case OpenBody(message):
                return self._open_body(message)
            case PushChanges() | LookForSent():
                return None

    def pushes(self) -> bool:
        """POP3 tells nothing by itself."""
        return False

    def outlived(self) -> bool:
        """A POP3 session is over long before its sign-in is."""
        return False

    def rest(self, seconds: float) -> bool:
        """POP3 cannot wait for news: the session is over."""
        return False

    def wake(self) -> None:
        """Nothing to wake: `rest` does not wait."""

    def abort(self) -> None:
        """Break whatever waits on the network; from any thread. Nothing is deleted then (no QUIT)."""
        self._aborted.set()
        self._connection.abort()

    def close(self) -> None:
        """Say goodbye if nobody has; only its +OK makes the server delete."""
        try:
            if not self._parted and not self._connection.quit():
                log.warning("the server did not say goodbye")
        except MailError as error:
            log.info("no goodbye: %s", error.what)
        finally:
            self._connection.close()

    def least_pause(self) -> float:
        """Exchange Online wants five minutes between two visits; others say it in CAPA (RFC 2449 6.5)."""
        return max(LEAST_PAUSE, self._connection.login_delay)

    def _fetch(self, limit: int) -> Counts:
        counts = Counts()
        inbox = self._inbox()
        address, keep = self._account.address, self._account.keep
        sizes = self._connection.sizes()
        listing = self._listing(sizes)
        plan = plan_maildrop(listing, self._known(), keep, int(time.time()), sizes, limit)
        if plan.vanished:
            self._writer.uidls_gone(address, plan.vanished)
        session = self._session()
        download = Download(session, sizes, inbox, counts, limit)
        strangers = self._prove([*plan.doubtful, *plan.delete, *plan.partial], sizes, download)
        download.rest([one for one in plan.partial if one[0] in self._proved])
        new = [*plan.new, *strangers]
        download.new(new, Unclaimed(self._reader, address, [uidl for _, uidl in listing]))
        download.unnamed(plan.repeated)
        self._proved |= download.proved
        delete = [one for one in plan.delete if one not in strangers]
        every = [*delete, *plan.partial, *new] if keep.text == "delete" else delete
        self._delete(every, sizes, counts, download)
        if plan.repeated and keep.text != "leave":
            counts.problem(unnamed_words(len(plan.repeated)), 0)
        self._part(counts)
        self._context.board.noted(address, counts.problems, everywhere=True)
        self._context.board.tell(FoldersChanged(address))
        self._context.index_due.set()
        return counts

    def _session(self) -> Session:
        return Session(
            self._context, self._account, self._reader, self._writer, self._interlude, self._connection
        )

    def _part(self, counts: Counts) -> None:
        """QUIT: only its +OK deletes (RFC 1939 6). Without it everything counts as still there."""
        self._parted = True
        try:
            done = self._connection.quit()
        except MailError as error:
            log.info("no goodbye: %s", error.what)
            done = False
        if self._asked and done:
            self._writer.uidls_gone(self._account.address, self._asked)
        elif self._asked:
            counts.problem(NOT_CONFIRMED, 75)

    def _listing(self, sizes: dict[int, int]) -> list[tuple[int, str]]:
        """The UIDL list; a server without UIDL names its messages by nothing but their numbers."""
        try:
            return self._connection.uidl()
        except Refused:
            return [(number, "") for number in sizes]

    def _known(self) -> dict[str, Held]:
        return {
            uidl: Held(row.downloaded, row.whole, row.deleted, row.size, row.left)
            for uidl, row in self._reader.uidls(self._account.address).items()
        }

    def _inbox(self) -> Folder:
        for name, role in LOCAL_FOLDERS:
            if self._reader.folder_role(self._account.address, role) is None:
                self._writer.local_folder(self._account.address, name, role)
        inbox = self._reader.folder_role(self._account.address, Role.INBOX)
        assert inbox is not None
        return inbox

    def _prove(self, listed: Sequence[Numbered], sizes: dict[int, int], download: Download) -> list[Numbered]:
        """Compare messages with the ones that their UIDLs were noted for; answers those that are others.

        Of what the server withholds nothing is known: it is neither.
        """
        known = self._reader.uidls(self._account.address) if listed else {}
        strangers: list[Numbered] = []
        for batch in batches([one for one in listed if one[1] in known]):
            self._interlude()
            for number, shown in list(answers(self._connection.tops, list(batch))):
                uidl, size = batch[number], sizes.get(number, 0)
                same = is_known(self._reader, known[uidl], shown, size, partial(download.whole, number))
                if same:
                    self._proved.add(number)
                    self._writer.uidl_proved(self._account.address, uidl, size)
                elif same is False:
                    strangers.append((number, uidl))
        if strangers:
            log.warning("%d UIDLs stand for other messages than before", len(strangers))
            self._writer.uidls_reused(self._account.address, [uidl for _, uidl in strangers])
        return strangers

    def _delete(
        self, listed: Sequence[Numbered], sizes: dict[int, int], counts: Counts, download: Download
    ) -> None:
        """DELE what the policy lets go and whose bytes, read back from the disk, are the server's.

        What is here by its header only stays there, unless the person has removed it for good.
        """
        known = self._reader.uidls(self._account.address) if listed else {}
        ripe = [one for one in listed if (row := known.get(one[1])) and (row.deleted or row.whole)]
        self._prove([one for one in ripe if one[0] not in self._proved], sizes, download)
        for number, uidl in ripe:
            self._interlude()
            message = known[uidl].message
            if number not in self._proved:
                continue
            if message is not None and self._stands_for_another(message):
                counts.problem(PLACEHOLDER, 0)
            elif message is None or self._readable(message):
                self._connection.delete(number)
                self._asked.append(uidl)
                counts.changed += 1
            else:
                counts.problem(DAMAGED, StoreBroken.exit_code)

    def _stands_for_another(self, message: int) -> bool:
        row = self._reader.row(message)
        return row is not None and is_placeholder(row.envelope.subject)

    def _readable(self, message: int) -> bool:
        try:
            raw, digest = self._reader.raw(message), self._reader.digest(message)
        except StoreBroken as error:
            log.warning("message %d: %s", message, error.detail)
            return False
        return raw is not None and hashlib.sha256(raw).digest() == digest

    def _open_body(self, message: int) -> bool:
        row = self._reader.row(message)
        if row is None:
            raise NotFound("This message is not here any more.")
        if row.body is BodyState.FULL:
            return True
        held = self._reader.uidls(self._account.address).get(row.uidl) if row.uidl else None
        if held is None or held.message != message:  # its UIDL stands for another message now
            raise Refused(GONE, KEPT)
        numbers = [number for number, uidl in self._connection.uidl() if uidl == row.uidl]
        if len(numbers) != 1:
            raise Refused(GONE, KEPT)
        number, counts = numbers[0], Counts()
        download = Download(self._session(), self._connection.sizes(), self._inbox(), counts)
        raw = download.proved_whole(number, row.uidl)
        if raw is None:
            raise Refused(counts.problems[0], KEPT)
        if fingerprint(raw) != held.fingerprint:
            raise Refused(GONE, KEPT)
        download.complete(message, row.uidl, raw)
        return True
