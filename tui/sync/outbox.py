"""The outbox: says which mail may leave when, and has every account's mail sent by a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future

from tui.model.draft import Outgoing, SendState
from tui.model.error import Cancelled, MailError, NotFound, SignInNeeded, StoreBroken, Untrusted
from tui.model.event import Phase, Problem
from tui.model.explain_rule import Retry
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync import futures
from tui.sync.backoff import Pace
from tui.sync.context import Context
from tui.sync.hand_over import recover
from tui.sync.search import LookFor, Search
from tui.sync.sender import Sender, own_fault

log = logging.getLogger(__name__)

LONGEST_WAIT = 60.0
_WAITING = (SendState.HELD, SendState.QUEUED)
_UNDER_WAY = (SendState.SENDING, SendState.DOT_SENT)


class Outbox:
    """Looks after the queue; a Sender an account is begun when it has mail that may leave, and ends with it.
    So a server that keeps its answer back for ten minutes (RFC 5321 4.5.3.2.6) holds up no other account.

    With `watch` mail leaves by itself when it is due; without, only what is asked for by `Outbox.watch`, so
    that a short command never breaks off a send that nobody asked it for.
    """

    def __init__(self, context: Context, look_for: LookFor, *, watch: bool) -> None:
        self.stop = threading.Event()
        self._context = context
        self._watching = watch
        self._search = Search(context, look_for, self.nudge, again=watch)
        self._pace = Pace()
        self._standstill: dict[str, MailError] = {}
        self._put_off: set[int] = set()
        self._anew = False
        self._ended = threading.Event()
        self._news = threading.Condition()
        self._nudged = False
        self._asked: dict[int, list[Future[SendState]]] = {}
        self._tried: set[int] = set()
        self._senders: dict[str, Sender] = {}
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> None:
        """Begin; mail that a crash left in mid-sending is put right first."""
        self._thread.start()

    def nudge(self) -> None:
        """Something in the outbox is new or due sooner."""
        with self._news:
            self._nudged = True
            self._news.notify_all()

    def watch(self, outgoing: int) -> Future[SendState]:
        """A Future of the state in which the mail comes to rest after its next try."""
        future: Future[SendState] = Future()
        with self._news:
            self._standstill.clear()
            self._asked.setdefault(outgoing, []).append(future)
        self.nudge()
        if self._ended.is_set():
            self._leave_unanswered()
        return future

    def release(self, account: str) -> None:
        """The person has signed in again: mail of that account that waited for it may leave."""
        with self._news:
            self._standstill.pop(account, None)
        self.nudge()

    def begin_anew(self) -> None:
        """The computer slept, or is in another network: what failed for want of a way is tried at once, and
        what met an untrusted certificate, which may have been that of a network's own sign-in page."""
        with self._news:
            self._anew = True
        self.nudge()

    def close(self, within: float) -> bool:
        """Stop, breaking sends that wait; a mail whose dot has left is found `unsure` by the next start.

        True when every thread has ended in so many seconds.
        """
        deadline = time.monotonic() + within
        self.stop.set()
        self.nudge()
        with self._news:
            senders = list(self._senders.values())
        for sender in senders:
            sender.abort()
        if self._thread.is_alive():
            self._thread.join(max(0.0, deadline - time.monotonic()))
        ended = [sender.join(max(0.0, deadline - time.monotonic())) for sender in senders]
        self._leave_unanswered()
        return all(ended) and not self._thread.is_alive()

    # What Senders ask and tell (see `sender.Desk`)

    def due(self, reader: Reader, address: str) -> list[int]:
        """Ids of the account's mail that may leave now, the longest due first."""
        return [
            number
            for number in reader.due(int(time.time()))
            if (one := self.cleared(reader, number)) and one.account == address
        ]

    def cleared(self, reader: Reader, number: int) -> Outgoing | None:
        """A mail as it is now, None where it may not leave (any more)."""
        outgoing = reader.outgoing(number)
        return outgoing if outgoing and self._may_leave(outgoing) and outgoing.due <= time.time() else None

    def take(self, reader: Reader, number: int) -> Outgoing | None:
        """The same for a Sender that is about to try it, which then tells when it came to rest."""
        outgoing = self.cleared(reader, number)
        if outgoing:
            with self._news:
                self._tried.add(number)
        return outgoing

    def came_to_rest(self, reader: Reader, number: int) -> None:
        """A mail was tried: who waits for it is told how it ended; whoever had it sent again meanwhile waits
        for the next try."""
        with self._news:
            self._tried.discard(number)
            waiting = self._asked.pop(number, [])
        after = reader.outgoing(number)
        if waiting and after and after.state in _WAITING and after.due <= time.time():
            with self._news:
                self._asked[number] = waiting + self._asked.get(number, [])
            self.nudge()
        else:
            self._answer(waiting, after.state if after else SendState.CANCELLED)

    def stand_still(self, address: str, error: MailError) -> None:
        """Keep an account's mail queued until the person has done something, and say so once.

        Where receiving signs in the same way, and that may help, the account's own status asks for it.
        """
        with self._news:
            self._standstill[address] = error
        account, board = self._context.account(address), self._context.board
        helps = isinstance(error, SignInNeeded) and error.retry is not Retry.NEVER
        if helps and account and account.smtp_login is None:
            if board.status(address).phase is Phase.SIGN_IN:
                return
            board.failed(address, error)
        board.tell(Problem(address, error.what, error.hint, error.detail))

    def put_off(self, number: int) -> None:
        """A mail waits only because there was no way to the server."""
        with self._news:
            self._put_off.add(number)

    def unsure(self, outgoing: Outgoing) -> None:
        """Nobody knows whether this mail has left: it is looked for in Sent."""
        self._search.begin(outgoing)

    def ended(self, sender: Sender, fault: MailError | None) -> None:
        """A Sender has nothing left to do, or met a fault after which nothing is sent any more."""
        if fault is not None:
            self._stop_for(fault)
        with self._news:
            self._senders.pop(sender.address, None)
        self.nudge()

    # The thread

    def _run(self) -> None:
        try:
            with Reader(self._context.database) as reader, Writer(self._context.database) as writer:
                for outgoing in recover(reader, writer):
                    self._search.begin(outgoing)
                while not self.stop.is_set():
                    self._round(reader, writer)
        except StoreBroken as error:
            log.error("outbox: %s (%s)", error, error.detail)
            self._stop_for(error)
        except Exception:  # the top of a thread: nothing above it could say what happened
            log.exception("the outbox thread ended")
            self._stop_for(own_fault())
        finally:
            self._ended.set()
            self._leave_unanswered()

    def _stop_for(self, fault: MailError) -> None:
        """Send nothing more, and say why, once."""
        if not self.stop.is_set():
            self.stop.set()
            self._context.board.tell(Problem("", fault.what, fault.hint, fault.detail))

    def _leave_unanswered(self) -> None:
        for number in list(self._asked):
            self._settle(number, Cancelled("Nothing is sent any more; the mail stays in the outbox."))

    def _round(self, reader: Reader, writer: Writer) -> None:
        self._hurry(reader, writer)
        self._search.go_on(reader, writer)
        for number in reader.due(int(time.time())):
            if outgoing := self.cleared(reader, number):
                self._have_sent(outgoing.account)
        self._answer_resting(reader)
        with self._news:
            if not self._nudged:
                self._news.wait(self._until_next(reader))
            self._nudged = False

    def _hurry(self, reader: Reader, writer: Writer) -> None:
        """Make due what waited for another network, when there is one."""
        with self._news:
            if not self._anew:
                return
            self._anew, waiting, self._put_off = False, self._put_off, set()
            for address in [one for one, error in self._standstill.items() if isinstance(error, Untrusted)]:
                del self._standstill[address]
        for number in waiting:
            outgoing = reader.outgoing(number)
            if outgoing and outgoing.state is SendState.QUEUED:
                writer.outbox_note(number, due=int(time.time()))

    def _have_sent(self, address: str) -> None:
        """Give an account its Sender, unless it has one."""
        with self._news:
            if self.stop.is_set() or address in self._senders:
                return
            sender = self._senders[address] = Sender(self._context, address, self, self._pace)
            sender.start()

    def _may_leave(self, outgoing: Outgoing) -> bool:
        """Whether a mail is to be tried when it is due: not offline, and by itself only while watching."""
        if self.stop.is_set() or self._context.offline.is_set() or outgoing.account in self._standstill:
            return False
        return outgoing.state in _WAITING and (self._watching or outgoing.id in self._asked)

    def _until_next(self, reader: Reader) -> float:
        """Seconds until a mail is due; a Sender that ends wakes this thread by itself."""
        due = [
            one.due for one in reader.outbox() if one.account not in self._senders and self._may_leave(one)
        ]
        waits = [LONGEST_WAIT, self._search.wait(), *(at - time.time() for at in due)]
        return max(0.1, min(waits))

    def _answer_resting(self, reader: Reader) -> None:
        """Tell those who wait for a mail that could not even be tried, or is not due yet."""
        with self._news:
            asked = list(self._asked)
        for number in asked:
            if number in self._tried:
                continue
            found = reader.outgoing(number)
            if found is None:
                self._settle(number, NotFound(f"There is no mail {number} in the outbox."))
            elif found.state not in _UNDER_WAY and not self.cleared(reader, number):
                self._settle(number, found.state)

    def _settle(self, number: int, answer: SendState | MailError) -> None:
        with self._news:
            waiting = self._asked.pop(number, [])
        self._answer(waiting, answer)

    @staticmethod
    def _answer(waiting: list[Future[SendState]], answer: SendState | MailError) -> None:
        for future in waiting:
            if isinstance(answer, MailError):
                futures.refuse(future, answer)
            else:
                futures.answer(future, answer)
