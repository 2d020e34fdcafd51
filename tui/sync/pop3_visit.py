"""A POP3 session: what is new is stored first, and deleted there only afterwards (RFC 1939)."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence

from tui.mail.header import block, envelope_of, fingerprint, fingerprint_of, received_date, split
from tui.mail.scan import scan
from tui.model.account import Account
from tui.model.error import Cancelled, MailError, NotFound, Refused
from tui.model.event import BodyArrived, FoldersChanged, MessagesChanged, NewMail
from tui.model.folder import Folder, Role
from tui.model.message import BodyState, NewMessage
from tui.net.pop3 import Pop3Connection
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.connecting import sign_in
from tui.sync.context import Context
from tui.sync.indexing import MANY
from tui.sync.jobs import FetchAllBodies, FetchMail, LookForSent, OpenBody, PushChanges, Work
from tui.sync.pop3_plan import Held, plan_maildrop
from tui.sync.pop3_same import answers, is_here, is_known
from tui.sync.visit import Counts, Interlude

log = logging.getLogger(__name__)

BATCH_MESSAGES = 500
BATCH_OCTETS = 4_000_000
Numbered = tuple[int, str]
WITHHELD = "The server did not hand out a message; it stays there and is asked for again."
LOCAL_FOLDERS = (
    ("INBOX", Role.INBOX),
    ("Drafts", Role.DRAFTS),
    ("Sent", Role.SENT),
    ("Archive", Role.ARCHIVE),
    ("Junk", Role.JUNK),
    ("Deleted", Role.TRASH),
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
        self._scan_later = False
        self._proved: set[int] = set()  # numbers whose message is known to be the one in the store
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
            case FetchMail() | FetchAllBodies():
                return self._fetch()
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
        """Say goodbye; only its +OK makes the server delete."""
        try:
            if not self._connection.quit():
                log.warning("the server did not carry out the deletions; they are asked for again")
        except MailError as error:
            log.info("no goodbye: %s", error.what)
        finally:
            self._connection.close()

    def _fetch(self) -> Counts:
        counts = Counts()
        inbox = self._inbox()
        sizes = self._connection.sizes()
        listing = self._listing(sizes)
        plan = plan_maildrop(listing, self._known(), self._account.keep, int(time.time()), sizes)
        if plan.vanished:
            self._writer.uidls_gone(self._account.address, plan.vanished)
        strangers = self._prove([*plan.doubtful, *plan.delete], sizes)
        new = [*plan.new, *strangers]
        self._download(new, sizes, inbox, counts)
        self._repeated(plan.repeated, sizes, inbox, counts)
        delete = [one for one in plan.delete if one not in strangers]
        self._delete([*delete, *new] if self._account.keep.text == "delete" else delete, sizes, counts)
        self._context.board.tell(FoldersChanged(self._account.address))
        self._context.index_due.set()
        return counts

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

    def _prove(self, listed: Sequence[Numbered], sizes: dict[int, int]) -> list[Numbered]:
        """Compare messages with the ones that their UIDLs were noted for; answers those that are others.

        Of what the server withholds nothing is known: it is neither.
        """
        known = self._reader.uidls(self._account.address) if listed else {}
        strangers: list[Numbered] = []
        for batch in _batches([one for one in listed if one[1] in known]):
            self._interlude()
            for number, shown in list(answers(self._connection.tops, list(batch))):
                uidl, size = batch[number], sizes.get(number, 0)
                same = is_known(self._reader, known[uidl], shown, size, lambda n=number: self._whole(n))  # type: ignore[misc]
                if same:
                    self._proved.add(number)
                    self._writer.uidl_proved(self._account.address, uidl, size)
                elif same is False:
                    strangers.append((number, uidl))
        if strangers:
            log.warning("%d UIDLs stand for other messages than before", len(strangers))
            self._writer.uidls_reused(self._account.address, [uidl for _, uidl in strangers])
        return strangers

    def _whole(self, number: int) -> bytes | None:
        """The bytes of a message, None where the server withholds them."""
        return next(answers(self._connection.retrieve_each, [number]))[1]

    def _download(
        self, new: Sequence[Numbered], sizes: dict[int, int], inbox: Folder, counts: Counts
    ) -> None:
        """Store what is new, newest first and batch by batch; what is here already only gets its UIDL."""
        first = not self._reader.uidls(self._account.address)
        matcher = Matcher(self._reader.unlinked(self._account.address))
        todo = deque(sorted(new, reverse=True))
        total = len(todo)
        self._scan_later = total > MANY
        while batch := take_batch(todo, sizes):
            self._interlude()
            if matcher:
                batch = self._unmatched(batch, matcher, sizes, counts)
            listed = {uidl: sizes.get(number, 0) for number, uidl in batch.items()}
            self._store(inbox, self._retrieved(batch, sizes, counts), counts, listed, first)
            self._context.board.progress(self._account.address, total - len(todo), total, inbox.name)

    def _unmatched(
        self, batch: dict[int, str], matcher: Matcher, sizes: dict[int, int], counts: Counts
    ) -> dict[int, str]:
        """What of a batch is not here yet; the rest gets its UIDL, and its bytes where these are missing."""
        for number, top in list(answers(self._connection.tops, list(batch))):
            row = matcher.find(fingerprint(top)) if top is not None else None
            if row is not None and self._linked(row, batch[number], number, sizes, counts):
                del batch[number]
        return batch

    def _linked(self, row: int, uidl: str, number: int, sizes: dict[int, int], counts: Counts) -> bool:
        known = self._reader.row(row)
        if known is None or not (known.envelope.message_id or known.size == sizes.get(number)):
            return False
        if known.body is BodyState.HEADERS:
            whole = self._retrieved({number: uidl}, sizes, counts)
            if not whole or whole[0].raw is None:
                return True
            self._writer.body(row, whole[0].raw, scan(whole[0].raw))
        self._writer.uidl_have(self._account.address, uidl, row)
        return True

    def _retrieved(self, batch: dict[int, str], sizes: dict[int, int], counts: Counts) -> list[NewMessage]:
        """The messages of a batch, each proved whole."""
        fresh: list[NewMessage] = []
        for number, raw in list(answers(self._connection.retrieve_each, list(batch))):
            size = sizes.get(number, 0)
            if raw is None:
                counts.problem(WITHHELD, 75)
            elif size and len(raw) != size and not self._same_again(number, raw):
                counts.problem(
                    "A message arrived differently twice; it stays on the server and is fetched again.", 75
                )
            else:
                counts.bytes += len(raw)
                self._proved.add(number)
                fresh.append(as_new_message(raw, batch[number], scan_later=self._scan_later))
        return fresh

    def _same_again(self, number: int, raw: bytes) -> bool:
        """Whether a second fetch brings the same bytes, with the dialogue still in step (a NOOP answers).

        Servers count line ends differently, so another size than LIST said need not mean that it is cut.
        """
        again = self._connection.retrieve(number)
        self._connection.noop()
        if again != raw:
            log.warning("message %d: %d, then %d octets", number, len(raw), len(again))
        return again == raw

    def _store(
        self,
        inbox: Folder,
        fresh: list[NewMessage],
        counts: Counts,
        sizes: dict[str, int],
        first: bool = True,
    ) -> None:
        if not fresh:
            return
        self._writer.downloaded(inbox.id, fresh, sizes)
        counts.new += len(fresh)
        self._context.board.tell(MessagesChanged(self._account.address, inbox.id))
        if not first:
            self._context.board.tell(NewMail(self._account.address, inbox.id, len(fresh)))

    def _repeated(
        self, repeated: Sequence[Numbered], sizes: dict[int, int], inbox: Folder, counts: Counts
    ) -> None:
        """Messages whose UIDL says nothing: known by what they hold, never deleted there."""
        for batch in _batches(repeated):
            self._interlude()
            for number, shown in list(answers(self._connection.tops, list(batch))):
                if not is_here(
                    self._reader,
                    self._account.address,
                    shown,
                    lambda n=number: self._whole(n),  # type: ignore[misc]
                ):
                    self._store(inbox, self._retrieved({number: ""}, sizes, counts), counts, {})

    def _delete(self, listed: Sequence[Numbered], sizes: dict[int, int], counts: Counts) -> None:
        """DELE what the policy lets go and whose bytes, read back from the disk, are the server's."""
        self._prove([one for one in listed if one[0] not in self._proved], sizes)
        known = self._reader.uidls(self._account.address)
        for number, uidl in listed:
            self._interlude()
            row = known.get(uidl)
            if row is None or number not in self._proved:
                continue
            if row.deleted or (row.whole and self._readable(row.message)):
                self._connection.delete(number)
                counts.changed += 1

    def _readable(self, message: int | None) -> bool:
        raw = self._reader.raw(message) if message else None
        digest = self._reader.digest(message) if message else None
        return raw is not None and hashlib.sha256(raw).digest() == digest

    def _open_body(self, message: int) -> bool:
        row = self._reader.row(message)
        if row is None:
            raise NotFound("This message is not here any more.")
        number = next((n for n, uidl in self._connection.uidl() if uidl and uidl == row.uidl), None)
        if number is None:
            raise Refused(
                "Only the header of this message is on this computer, and the server has it no more.",
                "Its text cannot be fetched; what is here stays.",
            )
        raw = self._connection.retrieve(number)
        self._writer.body(message, raw, scan(raw))
        self._context.board.tell(BodyArrived(message))
        return True


def _batches(listed: Sequence[Numbered]) -> Iterator[dict[int, str]]:
    """UIDLs by number, at most BATCH_MESSAGES in each."""
    for start in range(0, len(listed), BATCH_MESSAGES):
        yield dict(listed[start : start + BATCH_MESSAGES])


def take_batch(todo: deque[tuple[int, str]], sizes: dict[int, int]) -> dict[int, str]:
    """The next UIDLs by number: at most BATCH_MESSAGES, and not much more than BATCH_OCTETS."""
    batch: dict[int, str] = {}
    octets = 0
    while todo and len(batch) < BATCH_MESSAGES and octets < BATCH_OCTETS:
        number, uidl = todo.popleft()
        batch[number] = uidl
        octets += sizes.get(number, 0)
    return batch


class Matcher:
    """Rows without a UIDL by fingerprint, each to be found once; empty when nothing is to be matched."""

    def __init__(self, rows: dict[int, list[int]]) -> None:
        self._rows = rows

    def __bool__(self) -> bool:
        return bool(self._rows)

    def find(self, mark: int) -> int | None:
        """The one row with this fingerprint; None when there is none, or several to choose from."""
        rows = self._rows.get(mark)
        if not rows or len(rows) > 1:
            return None
        del self._rows[mark]
        return rows[0]


def as_new_message(raw: bytes, uidl: str, *, scan_later: bool = False) -> NewMessage:
    """A downloaded message, received when its topmost Received field says.

    Without one it went through no server that would say; then its Date, never later than now.
    """
    now = int(time.time())
    fields = split(block(raw))
    header = envelope_of(fields)
    received = received_date(fields) or header.date or now
    return NewMessage(
        envelope=header,
        received=received if 0 < received < now else now,
        size=len(raw),
        fingerprint=fingerprint_of(fields),
        uidl=uidl,
        raw=raw,
        scan=None if scan_later else scan(raw),
    )
