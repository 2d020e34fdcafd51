"""What a POP3 session brings here: new mail, headers of what is too large, and the rest of such mail.

Whatever arrived whole is stored, also when the connection ends in the middle of a batch.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tui.mail.header import block, envelope_of, fingerprint_of, received_date, split
from tui.mail.scan import scan
from tui.model.account import Account
from tui.model.error import MailError
from tui.model.event import BodyArrived, MessagesChanged, NewMail
from tui.model.folder import Folder
from tui.model.message import NewMessage
from tui.net.pop3 import Pop3Connection
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.context import Context
from tui.sync.indexing import MANY
from tui.sync.pop3_match import Found, Unclaimed
from tui.sync.pop3_same import Asked, answers, is_here
from tui.sync.visit import Counts, Interlude

log = logging.getLogger(__name__)

BATCH_MESSAGES = 500
BATCH_OCTETS = 4_000_000
Numbered = tuple[int, str]
WITHHELD = "The server did not hand out a message; it stays there and is asked for again."
TWICE = "A message arrived differently twice; it stays on the server and is fetched again."


@dataclass(frozen=True, slots=True)
class Session:
    """What a POP3 session works with."""

    context: Context
    account: Account
    reader: Reader
    writer: Writer
    interlude: Interlude
    connection: Pop3Connection


class Download:
    """One session's downloads. `sizes` is the server's LIST by number; of what measures more than `limit`
    octets (0: no limit) only the header is fetched. `proved` holds the numbers whose bytes came whole."""

    def __init__(
        self, session: Session, sizes: dict[int, int], inbox: Folder, counts: Counts, limit: int = 0
    ) -> None:
        self._session = session
        self._sizes = sizes
        self._inbox = inbox
        self._counts = counts
        self._limit = limit
        self._first = not session.reader.uidls(session.account.address)
        self._scan_later = False
        self._partial: list[Numbered] = []
        self.proved: set[int] = set()

    def new(self, listed: Sequence[Numbered], unclaimed: Unclaimed) -> None:
        """Store what is new, newest first and batch by batch; what is here already only gets its UIDL."""
        session = self._session
        todo = deque(sorted(listed, reverse=True))
        total = len(todo)
        self._scan_later = total > MANY
        if todo:
            self._progress(0, total)  # on a slow line the first batch takes a while
        while batch := take_batch(todo, self._measured):
            session.interlude()
            self._match(batch, unclaimed)
            self._preview(batch)
            self._fetch(batch, unclaimed)
            self._progress(total - len(todo), total)
        self.rest(self._partial)

    def _progress(self, done: int, total: int) -> None:
        session = self._session
        session.context.board.progress(session.account.address, done, total, self._inbox.name)

    def rest(self, listed: Sequence[Numbered]) -> None:
        """Make messages whole that are here by their headers. Each must be known to be the one noted."""
        session, known = self._session, self._session.reader.uidls(self._session.account.address)
        todo = deque(sorted(listed, reverse=True))
        while batch := take_batch(todo, self._sizes):
            session.interlude()
            arrived, cut = self._arrived(batch)
            for number, raw in arrived:
                row = known[batch[number]].message
                if row is not None:
                    self.complete(row, batch[number], raw)
            if cut:
                raise cut

    def complete(self, row: int, uidl: str, raw: bytes) -> None:
        """A message that was here by its header is whole; its days on the server count from now."""
        session = self._session
        session.writer.uidl_have(session.account.address, uidl, row)
        session.writer.body(row, raw, scan(raw))
        session.context.board.tell(BodyArrived(row))

    def unnamed(self, repeated: Sequence[Numbered]) -> None:
        """Messages whose UIDL says nothing: known by what they hold, never deleted there."""
        session = self._session
        for batch in batches(repeated):
            session.interlude()
            for number, shown in list(answers(session.connection.tops, list(batch))):
                if not is_here(session.reader, session.account.address, shown, self._later(number)):
                    self._fetch({number: ""}, None)

    def whole(self, number: int) -> bytes | None:
        """The bytes of a message, None where the server withholds them."""
        return next(answers(self._session.connection.retrieve_each, [number]))[1]

    def proved_whole(self, number: int, uidl: str) -> bytes | None:
        """As `whole`, and None also where what came differs from what LIST said and from itself."""
        arrived, cut = self._arrived({number: uidl})
        if cut:
            raise cut
        return arrived[0][1] if arrived else None

    def _later(self, number: int) -> Callable[[], bytes | None]:
        return lambda: self.whole(number)

    @property
    def _measured(self) -> dict[int, int]:
        """What each message takes in a batch: of a large one only the header comes."""
        if not self._limit:
            return self._sizes
        return {number: 0 if size > self._limit else size for number, size in self._sizes.items()}

    def _match(self, batch: dict[int, str], unclaimed: Unclaimed) -> None:
        """Take out of a batch what its header shows to be here already."""
        session = self._session
        asked = [number for number in batch if unclaimed.is_worth_a_look(self._sizes.get(number, 0))]
        for number, top in list(answers(session.connection.tops, asked)):
            found = unclaimed.by_header(top, self._sizes.get(number, 0)) if top is not None else None
            if found is not None:
                self._link(found, number, batch.pop(number))

    def _link(self, found: Found, number: int, uidl: str, raw: bytes | None = None) -> None:
        """Note that a listed message is one that is here; `raw` are its bytes where they have come."""
        session = self._session
        if found.uidl:
            size = self._sizes.get(number, 0)
            session.writer.uidl_proved(session.account.address, uidl, size, found.uidl)
        elif found.row is not None:
            session.writer.uidl_have(session.account.address, uidl, found.row)
        if found.row is None or found.whole:
            return
        if raw is not None:
            self.complete(found.row, uidl, raw)
        elif not self._too_large(number):
            self._partial.append((number, uidl))

    def _too_large(self, number: int) -> bool:
        return bool(self._limit) and self._sizes.get(number, 0) > self._limit

    def _preview(self, batch: dict[int, str]) -> None:
        """Store the headers of what is too large and take it out of the batch; a server that cannot show
        a header (RFC 1939: TOP is optional) has the message fetched whole."""
        large = [number for number in batch if self._too_large(number)]
        if not large:
            return
        arrived, cut = _until_cut(self._session.connection.tops, large)
        shown = [(number, header) for number, header in arrived if header is not None]
        self._store(
            [self._header_only(header, batch[number], self._sizes[number]) for number, header in shown], batch
        )
        for number, _ in shown:
            del batch[number]
        if cut:
            raise cut

    def _header_only(self, header: bytes, uidl: str, size: int) -> NewMessage:
        return replace(as_new_message(header, uidl, scan_later=True), raw=None, size=size)

    def _fetch(self, batch: dict[int, str], unclaimed: Unclaimed | None) -> None:
        """Fetch and store a batch; `unclaimed` tells what is here already."""
        arrived, cut = self._arrived(batch)
        fresh = {
            number: as_new_message(raw, batch[number], scan_later=self._scan_later) for number, raw in arrived
        }
        if unclaimed is None:
            self._store(list(fresh.values()), batch)
        else:
            for number, found in unclaimed.by_octets(fresh).items():
                one = fresh.pop(number)
                self._link(found, number, one.uidl, one.raw)
            unclaimed.claim(self._store(list(fresh.values()), batch))
        if cut:
            raise cut

    def _arrived(self, batch: dict[int, str]) -> tuple[list[tuple[int, bytes]], MailError | None]:
        """The messages of a batch, each proved whole, and what ended the connection meanwhile."""
        arrived, cut = _until_cut(self._session.connection.retrieve_each, list(batch))
        whole: list[tuple[int, bytes]] = []
        for number, raw in arrived:
            size = self._sizes.get(number, 0)
            if raw is None:
                self._counts.problem(WITHHELD, 75)
                continue
            if size and len(raw) != size:
                if cut:
                    continue  # there is nobody left to ask whether it is whole
                same, cut = self._same_again(number, raw)
                if not same:
                    if cut is None:
                        self._counts.problem(TWICE, 75)
                    continue
            self._counts.bytes += len(raw)
            self.proved.add(number)
            whole.append((number, raw))
        return whole, cut

    def _same_again(self, number: int, raw: bytes) -> tuple[bool, MailError | None]:
        """Whether a second fetch brings the same bytes, with the dialogue still in step (a NOOP answers);
        and what ended the connection.

        Servers count line ends differently, so another size than LIST said need not mean that it is cut.
        """
        connection = self._session.connection
        try:
            again = connection.retrieve(number)
            connection.noop()
        except MailError as error:
            return False, error
        if again != raw:
            log.warning("message %d: %d, then %d octets", number, len(raw), len(again))
        return again == raw, None

    def _store(self, fresh: list[NewMessage], batch: dict[int, str]) -> list[int]:
        if not fresh:
            return []
        session = self._session
        listed = {uidl: self._sizes.get(number, 0) for number, uidl in batch.items() if uidl}
        rows = session.writer.downloaded(self._inbox.id, fresh, listed)
        self._counts.new += len(fresh)
        session.context.board.tell(MessagesChanged(session.account.address, self._inbox.id))
        if not self._first:
            session.context.board.tell(NewMail(session.account.address, self._inbox.id, len(fresh)))
        return rows


def _until_cut(ask: Asked, numbers: Sequence[int]) -> tuple[list[tuple[int, bytes | None]], MailError | None]:
    """What arrives of `numbers` (see `answers`), and what ended the connection before the last of them."""
    arrived: list[tuple[int, bytes | None]] = []
    try:
        for one in answers(ask, numbers):
            arrived.append(one)
    except MailError as error:
        return arrived, error
    return arrived, None


def batches(listed: Sequence[Numbered]) -> Iterator[dict[int, str]]:
    """UIDLs by number, at most BATCH_MESSAGES in each."""
    for start in range(0, len(listed), BATCH_MESSAGES):
        yield dict(listed[start : start + BATCH_MESSAGES])


def take_batch(todo: deque[Numbered], sizes: Mapping[int, int]) -> dict[int, str]:
    """The next UIDLs by number: at most BATCH_MESSAGES, and not much more than BATCH_OCTETS."""
    batch: dict[int, str] = {}
    octets = 0
    while todo and len(batch) < BATCH_MESSAGES and octets < BATCH_OCTETS:
        number, uidl = todo.popleft()
        batch[number] = uidl
        octets += sizes.get(number, 0)
    return batch


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
