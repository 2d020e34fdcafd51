"""The thread that sends: each step is committed before it is made; from the final dot none leads back."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.model.draft import Outgoing, SendState
from tui.model.error import Cancelled, MailError, NotFound, Refused, SignInNeeded, StoreBroken, Untrusted
from tui.model.event import OutboxChanged, Phase, Problem
from tui.model.explain_rule import Retry
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync import futures
from tui.sync.backoff import MAX_ATTEMPTS, pace, send_delay
from tui.sync.connecting import sign_in
from tui.sync.context import Context
from tui.sync.hand_over import UNSURE, HandOver, move, recover
from tui.sync.outbox_states import Happening, following

if TYPE_CHECKING:
    from tui.net.smtp import SmtpConnection

log = logging.getLogger(__name__)

LONGEST_WAIT = 60.0


class Outbox:
    """Owns the SMTP connection, opened for a run of sends, and the order in which mail leaves.

    With `watch` mail leaves by itself when it is due; without, only what is asked for by `Outbox.watch`, so
    that a short command never breaks off a send that nobody asked it for.
    """

    def __init__(
        self, context: Context, look_for: Callable[[str, int], Future[Any] | None], *, watch: bool
    ) -> None:
        self._context = context
        self._watching = watch
        self._look_for = look_for
        self._found: list[int] = []
        self._standstill: set[str] = set()
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._news = threading.Condition()
        self._nudged = False
        self._handed: dict[str, float] = {}
        self._asked: dict[int, list[Future[SendState]]] = {}
        self._connection: tuple[str, SmtpConnection] | None = None
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
            self._nudged = True
            self._news.notify_all()
        if self._ended.is_set():
            self._leave_unanswered()
        return future

    def release(self, account: str) -> None:
        """The person has signed in again: mail of that account that waited for it may leave."""
        with self._news:
            self._standstill.discard(account)
        self.nudge()

    def close(self, within: float) -> None:
        """Stop, breaking a send that waits; a mail whose dot has left is found `unsure` by the next start."""
        self._stop.set()
        self.nudge()
        connection = self._connection
        if connection:
            connection[1].abort()
        if self._thread.is_alive():
            self._thread.join(within)
        self._leave_unanswered()

    # The thread

    def _run(self) -> None:
        try:
            with Reader(self._context.database) as reader, Writer(self._context.database) as writer:
                for outgoing in recover(reader, writer):
                    self._look_up(outgoing)
                while not self._stop.is_set():
                    self._round(reader, writer)
        except StoreBroken as error:
            log.error("outbox: %s (%s)", error, error.detail)
            self._context.board.tell(Problem("", error.what, error.hint, error.detail))
        except Exception:  # the top of a thread: nothing above it could say what happened
            log.exception("the outbox thread ended")
            self._context.board.tell(
                Problem(
                    "", "Sending has stopped by a fault of this program.", "Start it again; nothing is lost."
                )
            )
        finally:
            self._hang_up()
            self._ended.set()
            self._leave_unanswered()

    def _leave_unanswered(self) -> None:
        for number in list(self._asked):
            self._settle(number, Cancelled("Nothing is sent any more; the mail stays in the outbox."))

    def _round(self, reader: Reader, writer: Writer) -> None:
        self._note_found(reader, writer)
        for number in reader.due(int(time.time())):
            if self._stop.is_set():
                return
            outgoing = reader.outgoing(number)
            if outgoing and self._may_leave(outgoing):
                self._attend(reader, writer, outgoing)
        self._answer_resting(reader)
        self._hang_up()
        with self._news:
            if not self._nudged:
                self._news.wait(self._until_next(reader))
            self._nudged = False

    def _may_leave(self, outgoing: Outgoing) -> bool:
        """Whether a mail that is due is to be tried now: not offline, and by itself only while watching."""
        if self._context.offline.is_set() or outgoing.account in self._standstill:
            return False
        return self._watching or outgoing.id in self._asked

    def _until_next(self, reader: Reader) -> float:
        waiting = (SendState.HELD, SendState.QUEUED)
        due = [one.due for one in reader.outbox() if one.state in waiting and self._may_leave(one)]
        return max(0.1, min([LONGEST_WAIT, *(at - time.time() for at in due)]))

    def _answer_resting(self, reader: Reader) -> None:
        """Tell those who wait for a mail that could not even be tried, or is not due yet."""
        with self._news:
            asked = list(self._asked)
        for number in asked:
            found = reader.outgoing(number)
            if found is None:
                self._settle(number, NotFound(f"There is no mail {number} in the outbox."))
            elif found.state not in (SendState.SENDING, SendState.DOT_SENT):
                self._settle(number, found.state)

    def _settle(self, number: int, answer: SendState | MailError) -> None:
        with self._news:
            waiting = self._asked.pop(number, [])
        for future in waiting:
            if isinstance(answer, MailError):
                futures.refuse(future, answer)
            else:
                futures.answer(future, answer)

    def _attend(self, reader: Reader, writer: Writer, outgoing: Outgoing) -> None:
        """Try one mail and tell who waits for it; a mistake of ours with it must not keep the others."""
        number = outgoing.id
        try:
            self._send_one(reader, writer, outgoing)
        except MailError:
            raise
        except Exception as error:  # one mail's fault of ours must not end the sending of all
            log.exception("outbox %d: sending failed", number)
            self._hang_up(politely=False)
            self._give_up(reader, writer, number, repr(error))
        self._context.board.tell(OutboxChanged(number))
        after = reader.outgoing(number)
        self._settle(number, after.state if after else SendState.CANCELLED)

    def _give_up(self, reader: Reader, writer: Writer, number: int, fault: str) -> None:
        """Leave a mail to the person: not sent, or unsure where its dot may have left."""
        outgoing = reader.outgoing(number)
        if outgoing is None:
            return
        dot_sent = outgoing.state is SendState.DOT_SENT
        happening = Happening.CUT if dot_sent else Happening.REFUSED
        words = UNSURE if dot_sent else "This mail cannot be sent by a fault of this program."
        move(writer, outgoing, happening, last_error=fault, explanation=words)

    def _send_one(self, reader: Reader, writer: Writer, outgoing: Outgoing) -> None:
        if outgoing.state is SendState.HELD:
            move(writer, outgoing, Happening.DUE)
            outgoing = replace(outgoing, state=SendState.QUEUED)
        try:
            self._context.require_network()
            connection = self._connected(outgoing.account)
        except MailError as error:
            if not self._stop.is_set():
                self._not_begun(writer, outgoing, error)
            return
        self._keep_pace(outgoing.account)
        if self._stop.is_set():
            return
        hand_over = HandOver(connection, writer, outgoing, reader.outgoing_raw(outgoing.id))
        happening = hand_over.run()
        if happening is None:
            self._hang_up(politely=False)  # it may stand in the middle of a mail that was taken back
        else:
            self._finish(reader, writer, hand_over, happening)

    def _keep_pace(self, address: str) -> None:
        """Wait until the server may be given another mail: one that is given too many refuses them all."""
        account = self._context.account(address)
        seconds = pace(account.smtp.host) if account and account.smtp else 0.0
        if seconds:
            self._stop.wait(max(0.0, self._handed.get(address, -seconds) + seconds - time.monotonic()))
            self._handed[address] = time.monotonic()

    def _connected(self, address: str) -> SmtpConnection:
        from tui.net.smtp import SmtpConnection

        if self._connection and self._connection[0] == address:
            return self._connection[1]
        self._hang_up()
        account = self._context.account(address)
        if account is None or account.smtp is None:
            raise Refused(
                f"There is no server to send by for {address}.",
                "Name one in the account's settings (smtp-host), then retry in the outbox.",
            )
        server, login = account.smtp, account.sending_login

        def another() -> SmtpConnection:
            connection = SmtpConnection(server, account.ca_file)
            self._connection = (address, connection)
            return connection

        first = another()
        try:
            self._check()  # `close` aborts the connection that it finds; this one may have come too late
            if login is not None and login.username:
                credentials, welcome = self._context.credentials, self._context.welcome
                connection, _ = sign_in(credentials, welcome, account, "smtp", first, another, self._check)
                return connection
            first.connect()
        except MailError:
            self._hang_up(politely=False)
            raise
        return first

    def _check(self) -> None:
        if self._stop.is_set():
            raise Cancelled("The program is closing.")

    def _hang_up(self, politely: bool = True) -> None:
        if self._connection:
            _, connection = self._connection
            self._connection = None
            if politely and not self._stop.is_set():
                connection.quit()
            else:
                connection.abort()
                connection.close()

    def _not_begun(self, writer: Writer, outgoing: Outgoing, error: MailError) -> None:
        """Nothing has been said of this mail yet: it waits, by the clock or for the person."""
        said: dict[str, int | str] = {
            "last_error": error.detail or error.what,
            "explanation": " ".join(filter(None, (error.what, error.hint))),
        }
        if isinstance(error, Refused):
            move(writer, outgoing, Happening.REFUSED, **said)
            self._context.board.tell(Problem(outgoing.account, error.what, error.hint, error.detail))
        elif isinstance(error, SignInNeeded | Untrusted):
            writer.outbox_note(outgoing.id, **said)
            self._stand_still(outgoing.account, error)
        else:
            attempts = outgoing.attempts + 1
            due = int(time.time()) + send_delay(attempts)
            writer.outbox_note(outgoing.id, attempts=attempts, due=due, **said)

    def _stand_still(self, address: str, error: MailError) -> None:
        """Keep an account's mail queued until the person has done something, and say so once.

        Where receiving signs in the same way, and that may help, the account's own status asks for it.
        """
        with self._news:
            self._standstill.add(address)
        account, board = self._context.account(address), self._context.board
        helps = isinstance(error, SignInNeeded) and error.retry is not Retry.NEVER
        if helps and account and account.smtp_login is None:
            if board.status(address).phase is Phase.SIGN_IN:
                return
            board.failed(address, error)
        board.tell(Problem(address, error.what, error.hint, error.detail))

    def _finish(self, reader: Reader, writer: Writer, hand_over: HandOver, happening: Happening) -> None:
        from tui.sync.sent_copy import sent_copy

        outgoing = hand_over.outgoing
        if hand_over.sign_in:
            self._stand_still(outgoing.account, hand_over.sign_in)
        attempts = outgoing.attempts + (hand_over.sign_in is None)
        if happening in (Happening.DEFERRED, Happening.CUT) and attempts >= MAX_ATTEMPTS:
            happening = Happening.REFUSED if outgoing.state is SendState.SENDING else happening
        if happening not in (Happening.ACCEPTED, Happening.PARTLY_DEFERRED):
            self._hang_up(politely=happening is not Happening.CUT)  # the next mail gets a clean dialogue
        due = int(time.time()) + (0 if hand_over.sign_in else send_delay(attempts))
        fields: dict[str, int | str] = {"attempts": attempts, "due": due, **hand_over.said()}
        if happening in (Happening.ACCEPTED, Happening.PARTLY_DEFERRED):
            copy = sent_copy(self._context, reader, outgoing)
            writer.sent(outgoing.id, following(outgoing.state, happening), copy, **fields)
        else:
            move(writer, outgoing, happening, **fields)
        if following(outgoing.state, happening) is SendState.UNSURE:
            self._look_up(outgoing)

    def _look_up(self, outgoing: Outgoing) -> None:
        """Ask the account's worker whether an unsure mail stands in Sent; not found proves nothing."""
        future = self._look_for(outgoing.account, outgoing.id)
        if future is None:
            return

        def heard(future: Future[Any]) -> None:
            if not future.exception() and future.result():
                with self._news:
                    self._found.append(outgoing.id)
                    self._nudged = True
                    self._news.notify_all()

        future.add_done_callback(heard)

    def _note_found(self, reader: Reader, writer: Writer) -> None:
        with self._news:
            found, self._found = self._found, []
        for number in found:
            outgoing = reader.outgoing(number)
            if outgoing and outgoing.state is SendState.UNSURE:
                move(writer, outgoing, Happening.FOUND, explanation="It was found in Sent: it has left.")
                self._context.board.tell(OutboxChanged(number))
