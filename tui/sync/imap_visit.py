"""A visit to an IMAP server: push, list, fetch headers, start the bodies, wait for news (RFC 3501, 2177)."""

from __future__ import annotations

import logging
import select
import threading
import time
from collections.abc import Collection

from tui.mail.scan import scan
from tui.model.account import Account
from tui.model.error import (
    BadInput,
    Busy,
    Cancelled,
    Garbled,
    NotFound,
    Offline,
    Refused,
    SignInNeeded,
)
from tui.model.event import Asked, BodyArrived, FoldersChanged, MessagesChanged, NewMail
from tui.model.folder import Folder, Role, ServerFolder
from tui.net.imap import ImapConnection
from tui.net.link import Waker
from tui.store.reader import Reader, Since
from tui.store.writer import Writer
from tui.sync.arrivals import CROWD
from tui.sync.bodies import require_same_numbers, wants_bodies_since
from tui.sync.bulk import BulkFetch
from tui.sync.connecting import sign_in
from tui.sync.context import Context
from tui.sync.errand import Errand
from tui.sync.folder_match import renamed
from tui.sync.folder_push import is_missing
from tui.sync.imap_folder import FolderFetch, in_order
from tui.sync.imap_push import push
from tui.sync.jobs import FetchAllBodies, FetchMail, LookForSent, OpenBody, PushChanges, Work
from tui.sync.plan import should_ask
from tui.sync.tokens import Token
from tui.sync.visit import Counts, Interlude

log = logging.getLogger(__name__)

FIRST_IDLE = 2.0
LONGEST_IDLE = 540.0
PUSH_SETTLES = 0.05
BULK_WATCH = 30.0
ASK_AGAIN = 60.0


class ImapVisit:
    """The interactive connection of one account, and while there is bulk work a second one beside it."""

    def __init__(
        self, context: Context, account: Account, reader: Reader, writer: Writer, interlude: Interlude
    ) -> None:
        assert account.imap is not None
        self._context = context
        self._account = account
        self._reader = reader
        self._writer = writer
        self._interlude = interlude
        self._connection = ImapConnection(account.imap, account.ca_file)
        self._waker = Waker()
        self._bulk: BulkFetch | None = None
        self._idled = False
        self._token: Token | None = None
        self._not_before = 0.0
        self._aborted = threading.Event()
        self._called = threading.Event()  # somebody has asked for something since the last step
        self._vanished: list[int] = []
        self._listed: list[ServerFolder] = []
        self._missing: dict[str, bool] = {}  # listed and not there; True: it was there before
        self._in_use = False  # the last folder could not be read because somebody else had it

    def open(self) -> None:
        """Connect and sign in."""
        credentials, welcome = self._context.credentials, self._context.welcome
        first = self._connection
        _, self._token = sign_in(
            credentials, welcome, self._account, "incoming", first, self._another, self._check
        )

    def _another(self) -> ImapConnection:
        assert self._account.imap is not None
        self._connection = ImapConnection(self._account.imap, self._account.ca_file)
        return self._connection

    def _check(self) -> None:
        if self._aborted.is_set():
            raise Cancelled("Stopped.")

    def pushes(self) -> bool:
        """Whether the server tells of new mail by itself (RFC 2177)."""
        return "IDLE" in self._connection.capabilities

    def least_pause(self) -> float:
        """IMAP may be asked as often as the person likes."""
        return 0.0

    def outlived(self) -> bool:
        """Whether the token of this connection is near its end, and a newer one can be had.

        Exchange ends a session with its token; a new one in time is not noticed by anybody.
        """
        if self._token is None or self._lasts() > 0:
            return False
        login = self._account.login
        assert login is not None
        try:
            secret = self._context.credentials.secret(self._account, login, "incoming", self._check)
        except (Offline, Busy, SignInNeeded) as error:
            log.info("no newer sign-in yet: %s (%s)", error.what, error.detail)
        else:
            if secret != self._token.secret:
                return True
        self._not_before = time.monotonic() + ASK_AGAIN
        return False

    def _lasts(self) -> float:
        """Seconds until this connection is to be replaced; a long time where nothing asks for that, or while
        a download goes on beside it."""
        if self._token is None or self._bulk is not None:
            return LONGEST_IDLE
        left = self._token.left(self._context.credentials.clock) - self._token.ahead / 2
        return max(left, self._not_before - time.monotonic())

    def do(self, work: Work) -> object:
        """Carry out one piece of work."""
        self._idled = False
        match work:
            case OpenBody(message):
                return self._open_body(message)
            case PushChanges():
                return self._push(Counts())
            case FetchMail(folders, bodies):
                return self._fetch(folders, bodies)
            case FetchAllBodies():
                return self._fetch((), True, everything=True)
            case LookForSent(outgoing):
                return self._look_for(outgoing)

    def rest(self, seconds: float) -> bool:
        """IDLE in the inbox, or sleep where the server cannot; True when there may be news."""
        if "IDLE" not in self._connection.capabilities:
            select.select([self._waker.socket], [], [], max(0.0, min(seconds, self._lasts())))
            self._waker.clear()
            return False
        inbox = self._reader.folder_role(self._account.address, Role.INBOX)
        if inbox is None:
            return True
        if self._connection.opened != inbox.wire:
            self._connection.select(inbox.wire)
        limit = LONGEST_IDLE if self._idled else FIRST_IDLE
        self._idled = True
        pushed = self._connection.idle(self._waker.socket, max(0.1, min(seconds, limit, self._lasts())))
        self._waker.clear()  # only now: a call that came before the wait must end it
        if pushed:
            time.sleep(PUSH_SETTLES)
        return bool(pushed)

    def wake(self) -> None:
        """End IDLE at once, and a long step soon; from any thread."""
        self._called.set()
        self._waker.wake()

    def abort(self) -> None:
        """Break whatever waits on the network; from any thread."""
        self._aborted.set()
        self._connection.abort()
        bulk = self._bulk  # once: its own thread may let go of it meanwhile
        if bulk:
            bulk.abort()
        self._waker.wake()

    def close(self) -> None:
        """Log out if that is possible, and free everything."""
        if self._bulk:
            self._bulk.close()
        self._connection.close()
        self._waker.close()

    # Steps of the work

    def _push(self, counts: Counts) -> Counts:
        address, board = self._account.address, self._context.board
        push(self._connection, self._reader, self._writer, board, address, counts, self._interlude)
        return counts

    def _fetch(self, names: tuple[str, ...], bodies: bool, everything: bool = False) -> Counts:
        counts = Counts()
        self._push(counts)
        self._list_folders(names)
        if self._account.address in self._reader.accounts_pending():
            self._push(counts)  # what a folder with another name there had kept waiting
        since = self._bodies_since(everything) if bodies else None
        fetched = self._folders(self._chosen(names), counts, since)
        if names and any(self._asks(one, one.gone) for one in fetched):
            # Whether so many were moved is only known when the other folders have been read, too.
            read = {one.folder.id for one in fetched}
            fetched += [self._one_folder(one, counts) for one in self._chosen(()) if one.id not in read]
        for one in fetched:
            self._settle_gone(one, counts)
        if not names:
            for number in self._writer.settle_unfound([one.folder.id for one in fetched if one.whole]):
                self._context.board.tell(MessagesChanged(self._account.address, number))
            self._drop_missing()
            if not (counts.exit_code or any(self._missing.values())):
                self._settle_vanished(counts)
        self._context.board.tell(FoldersChanged(self._account.address))
        self._context.index_due.set()
        if since is not None:
            self._fetch_bodies(counts, since)
        self._context.board.noted(self._account.address, counts.problems, everywhere=not names)
        return counts

    def _folders(self, folders: list[Folder], counts: Counts, since: Since | None) -> list[FolderFetch]:
        """Bring folders up to date; where a crowd is new, by a child process after the newest page."""
        whole = {one.id for one in folders if since is not None and since.of(one.id) == 0}
        fetched = [
            self._one_folder(one, counts, bodies=one.id in whole, page_only=self._helped()) for one in folders
        ]
        if behind := tuple(one.folder.id for one in fetched if one.behind):
            self._beside(Errand(self._account, behind, since), counts)
        return [
            self._one_folder(one.folder, counts, bodies=one.folder.id in whole) if one.behind else one
            for one in fetched
        ]

    def _helped(self) -> bool:
        """Whether a child process may fetch; messages that break the connection are looked for here."""
        return self._context.children and self._context.set_aside.calm

    def _bodies_since(self, everything: bool) -> Since | None:
        if everything:
            return Since()
        folders = self._reader.folders(self._account.address)
        return wants_bodies_since(self._account.offline, folders, time.time())

    def _list_folders(self, names: tuple[str, ...]) -> None:
        """LIST, except when the one folder asked for is known already (a push named it)."""
        if names and all(self._reader.folder_named(self._account.address, name) for name in names):
            return
        listed = self._listed = self._connection.folders()
        self._missing = {}
        if not any(folder.role is Role.INBOX for folder in listed):
            raise Garbled("The server lists no inbox.", "Its folders are read again in a moment.")
        for folder, found in renamed(self._connection, self._reader, self._account.address, listed):
            self._writer.folder_moved(0, folder.id, found.wire, "")
        self._vanished += self._writer.folders(self._account.address, listed)
        self._context.board.tell(FoldersChanged(self._account.address))
        self._interlude()

    def _drop_missing(self) -> None:
        """Take folders that the server lists and does not have for gone: Dovecot lists one that was deleted
        as long as there are others inside it, and one may have been renamed since it was listed."""
        if self._missing:
            there = [one for one in self._listed if one.wire not in self._missing]
            self._vanished += self._writer.folders(self._account.address, there)

    def _settle_vanished(self, counts: Counts) -> None:
        """Every folder has been read: what was in one that the server has no more is in none of them."""
        vanished, self._vanished = self._vanished, []
        for name in self._writer.settle_vanished(self._account.address, vanished):
            counts.problem(f"{name} is gone from the server; its messages stay on this computer.", 0)

    def _chosen(self, names: tuple[str, ...]) -> list[Folder]:
        folders = [
            one for one in self._reader.folders(self._account.address) if one.selectable and not one.local
        ]
        if not names:
            return in_order(folders)
        chosen = [one for one in folders if one.name in names]
        if missing := set(names) - {one.name for one in chosen}:
            raise NotFound(f"There is no folder {', '.join(sorted(missing))} on the server.")
        return chosen

    def _one_folder(
        self, folder: Folder, counts: Counts, *, bodies: bool = False, page_only: bool = False
    ) -> FolderFetch:
        before = self._reader.mark(folder.id)
        board, aside = self._context.board, self._context.set_aside
        fetch = FolderFetch(
            self._connection, self._reader, self._writer, board, folder, counts, aside,
            bodies, self._called.is_set, page_only,
        )  # fmt: skip
        try:
            for _ in fetch.steps():
                self._called.clear()
                self._interlude()
                if self._connection.opened != folder.wire:
                    self._connection.select(folder.wire)
        except (Refused, Busy, BadInput) as error:
            if isinstance(error, Busy) and self._in_use:
                raise  # not that folder alone: the server asks for patience
            self._in_use = isinstance(error, Busy)
            if is_missing(error):
                self._missing[folder.wire] = before.uidvalidity > 0
            else:
                counts.problem(f"{folder.name}: {error.what}", error.exit_code)
        else:
            self._in_use = False
        if problem := aside.problem(folder.id, folder.name):
            counts.problem(problem, 75)
        known_already = fetch.behind and self._bulk  # by who fetches them just now
        if folder.role is Role.INBOX and before.uidvalidity and fetch.arrived and not known_already:
            unread = self._reader.unread_of(fetch.arrived)
            if unread:
                self._context.board.tell(NewMail(folder.account, folder.id, unread))
        return fetch

    def _settle_gone(self, fetch: FolderFetch, counts: Counts) -> None:
        """What left one folder and stands in another was moved there; the rest was deleted, or is asked
        about."""
        moved = frozenset(self._reader.arrived_elsewhere(fetch.gone))
        lost = [one for one in fetch.gone if one not in moved]
        held = lost if self._asks(fetch, lost) else []
        if held or self._reader.held(fetch.folder.id):
            self._writer.hold_gone(fetch.folder.id, held)
        if held:
            self._ask(fetch.folder, len(held), counts)
        settled = [one for one in fetch.gone if one in moved or not held]
        counts.gone += len(settled)
        for folder in self._writer.settle_gone(settled) if settled else ():
            self._context.board.tell(MessagesChanged(self._account.address, folder))

    @staticmethod
    def _asks(fetch: FolderFetch, lost: Collection[int]) -> bool:
        return should_ask(len(lost), fetch.known, fetch.folder.role, emptied=fetch.emptied)

    def _ask(self, folder: Folder, lost: int, counts: Counts) -> None:
        messages = "1 message" if lost == 1 else f"{lost} messages"
        counts.problem(
            f"{messages} of {folder.name} vanished from the server at once; kept here until you decide.", 75
        )
        self._context.board.tell(Asked(folder.account, folder.id, lost))

    def _fetch_bodies(self, counts: Counts, since: Since) -> None:
        if self._reader.missing_bodies(self._account.address, since, limit=1):
            self._beside(Errand(self._account, (), since), counts)

    def _beside(self, errand: Errand, counts: Counts) -> None:
        """Have an errand done over another connection, and look out for new mail meanwhile."""
        since = errand.since or Since(None)
        few = not errand.folders and self._reader.missing_count(errand.account.address, since) <= CROWD
        child = self._helped() and not few
        self._bulk = BulkFetch(self._context, errand, self._waker.wake, child=child)
        try:
            self._bulk.start()
            while not self._bulk.ended:
                self._watch_inbox(counts)
            self._bulk.report(counts)
        finally:
            self._bulk.close()
            self._bulk = None

    def _watch_inbox(self, counts: Counts) -> None:
        """Look out for new mail while the bodies are on their way over the other connection."""
        news = self.rest(BULK_WATCH)
        self._interlude()
        inbox = self._reader.folder_role(self._account.address, Role.INBOX)
        if news and inbox is not None:
            self._one_folder(inbox, counts, page_only=self._helped())

    def _open_body(self, message: int) -> bool:
        row = self._reader.row(message)
        folder = self._reader.folder(row.folder_id) if row else None
        if row is None or folder is None or not row.uid:
            raise NotFound("This message is not on the server any more, and only its header is here.")
        if self._connection.opened != folder.wire:
            self._connection.select(folder.wire)
        require_same_numbers(self._connection, self._reader, folder)
        try:
            found = [raw for _, raw in self._connection.bodies([row.uid], {row.uid: row.size})]
        except Garbled as error:
            hint = "Its other mail is not affected; the provider's web mail may show this one."
            raise Garbled("The server garbles this message.", hint, detail=error.detail) from error
        if not found:
            raise Refused(
                "The server lists this message but does not hand it out.",
                "Try again later; what is here stays.",
            )
        self._writer.body(message, found[0], scan(found[0]))
        self._context.board.tell(BodyArrived(message))
        return True

    def _look_for(self, outgoing: int) -> bool:
        """Whether the mail stands in Sent, under our Message-ID or the one that Microsoft moved aside."""
        mail = self._reader.outgoing(outgoing)
        sent = self._reader.folder_role(self._account.address, Role.SENT)
        if mail is None or sent is None or sent.local:
            return False
        self._connection.select(sent.wire)
        fields = ("Message-ID", "X-Microsoft-Original-Message-ID")
        return any(self._connection.search_header(field, mail.message_id) for field in fields)
