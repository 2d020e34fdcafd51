"""The thread that sends one account's mail: each step is committed before it is made; from the final dot
none leads back."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from tui.model.draft import Outgoing, SendState
from tui.model.error import (
    Busy,
    Cancelled,
    MailError,
    NotFound,
    Offline,
    Refused,
    SignInNeeded,
    StoreBroken,
    Untrusted,
)
from tui.model.event import OutboxChanged, Problem
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.backoff import MAX_ATTEMPTS, Pace, send_delay
from tui.sync.connecting import sign_in
from tui.sync.context import Context
from tui.sync.hand_over import UNSURE, HandOver, move
from tui.sync.outbox_states import Happening, following

if TYPE_CHECKING:
    from tui.net.smtp import SmtpConnection

log = logging.getLogger(__name__)

TRUSTED_FOR = 30.0
"""Seconds by the wall clock for which a connection that nobody used is taken to be alive: a computer that was
asleep meanwhile has lost it, and no other clock tells so."""


class Desk(Protocol):
    """Who has mail to be sent, and hears what became of it. Called on the threads of Senders."""

    stop: threading.Event

    def due(self, reader: Reader, address: str) -> list[int]:
        """Ids of the account's mail that may leave now, the longest due first."""

    def take(self, reader: Reader, number: int) -> Outgoing | None:
        """A mail that is about to be tried, as it is now; None where it may not leave (any more)."""

    def came_to_rest(self, reader: Reader, number: int) -> None:
        """A mail that was taken has been tried."""

    def stand_still(self, address: str, error: MailError) -> None:
        """The account's mail has to wait until the person has done something."""

    def put_off(self, number: int) -> None:
        """The mail waits only because there was no way to the server."""

    def unsure(self, outgoing: Outgoing) -> None:
        """Nobody knows whether this mail has left."""

    def ended(self, sender: Sender, fault: MailError | None) -> None:
        """The thread is about to end; `fault` is what no Sender can go on after."""


class Sender:
    """Sends what is due of one account over one connection, and ends when nothing is."""

    def __init__(self, context: Context, address: str, desk: Desk, pace: Pace) -> None:
        self.address = address
        self._context = context
        self._desk = desk
        self._pace = pace
        self._connection: SmtpConnection | None = None
        self._spoke = 0.0
        self._thread = threading.Thread(target=self._run, name=f"send:{address}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def abort(self) -> None:
        """Break what the connection waits for; from any thread, once the desk says stop."""
        connection = self._connection
        if connection:
            connection.abort()

    def join(self, within: float) -> bool:
        """Wait so many seconds for the end; True when it has ended."""
        self._thread.join(within)
        return not self._thread.is_alive()

    # The thread

    def _run(self) -> None:
        fault: MailError | None = None
        try:
            with Reader(self._context.database) as reader, Writer(self._context.database) as writer:
                while numbers := self._desk.due(reader, self.address):
                    for number in numbers:
                        if outgoing := self._desk.take(reader, number):
                            self._attend(reader, writer, outgoing)
        except StoreBroken as error:
            log.error("sending: %s (%s)", error, error.detail)
            fault = error
        except Exception:  # the top of a thread: nothing above it could say what happened
            log.exception("a sending thread ended")
            fault = own_fault()
        finally:
            self._hang_up()
            self._desk.ended(self, fault)

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
        self._desk.came_to_rest(reader, number)

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
        outgoing = _queued(writer, outgoing)
        try:
            connection = self._connected()
        except MailError as error:
            if not self._desk.stop.is_set():
                self._not_begun(reader, writer, outgoing, error)
            return
        self._desk.stop.wait(self._pace.turn(self.address, connection.server.host))
        if self._desk.stop.is_set():
            return
        try:
            raw = reader.outgoing_raw(outgoing.id)
        except NotFound:  # its account has been removed meanwhile, and all its mail with it
            return
        hand_over = HandOver(connection, writer, outgoing, raw)
        happening = hand_over.run()
        self._spoke = time.time()
        if happening is None:
            self._hang_up(politely=False)  # it may stand in the middle of a mail that was taken back
        else:
            self._finish(reader, writer, hand_over, happening)

    def _connected(self) -> SmtpConnection:
        from tui.net.smtp import SmtpConnection

        if self._connection and 0 <= time.time() - self._spoke < TRUSTED_FOR:
            return self._connection
        self._hang_up(politely=False)
        account = self._context.account(self.address)
        if account is None or account.smtp is None:
            raise Refused(
                f"There is no server to send by for {self.address}.",
                "Name one in the account's settings (smtp-host), then retry in the outbox.",
            )
        server, login = account.smtp, account.sending_login

        def another() -> SmtpConnection:
            self._connection = SmtpConnection(server, account.ca_file)
            return self._connection

        connection = another()
        try:
            self._check()  # `abort` breaks the connection that it finds; this one may have come too late
            if login is not None and login.username:
                credentials, welcome = self._context.credentials, self._context.welcome
                connection, _ = sign_in(
                    credentials, welcome, account, "smtp", connection, another, self._check
                )
            else:
                connection.connect()
        except MailError:
            self._hang_up(politely=False)
            raise
        self._spoke = time.time()
        return connection

    def _check(self) -> None:
        if self._desk.stop.is_set():
            raise Cancelled("The program is closing.")

    def _hang_up(self, politely: bool = True) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if politely and not self._desk.stop.is_set():
            connection.quit()
        else:
            connection.abort()
            connection.close()

    def _not_begun(self, reader: Reader, writer: Writer, outgoing: Outgoing, error: MailError) -> None:
        """Nothing has been said of this mail yet: it waits, by the clock or for the person."""
        said: dict[str, int | str] = {
            "last_error": error.detail or error.what,
            "explanation": " ".join(filter(None, (error.what, error.hint))),
        }
        if isinstance(error, Refused):
            move(writer, outgoing, Happening.REFUSED, **said)
            self._refuse_others(reader, writer, said)
            self._context.board.tell(Problem(outgoing.account, error.what, error.hint, error.detail))
        elif isinstance(error, SignInNeeded | Untrusted):
            writer.outbox_note(outgoing.id, **said)
            self._desk.stand_still(outgoing.account, error)
        else:
            attempts = outgoing.attempts + 1
            due = _next_try(attempts, error)
            writer.outbox_note(outgoing.id, attempts=attempts, due=due, **said)
            held = [outgoing.id, *self._hold_off(reader, writer, due, said)]
            for number in held if isinstance(error, Offline) else ():
                self._desk.put_off(number)

    def _refuse_others(self, reader: Reader, writer: Writer, said: dict[str, int | str]) -> None:
        """A server that wants nothing of us, or none at all: the rest need not ask it one by one."""
        for number in self._desk.due(reader, self.address):
            if other := reader.outgoing(number):
                move(writer, _queued(writer, other), Happening.REFUSED, **said)
                self._context.board.tell(OutboxChanged(number))

    def _hold_off(self, reader: Reader, writer: Writer, due: int, said: dict[str, int | str]) -> list[int]:
        """What else is due waits, too: the fault was the server's or the line's, and one connection a mail
        would be a storm of them. Answers which these are."""
        held = self._desk.due(reader, self.address)
        for number in held:
            writer.outbox_note(number, due=due, **said)
            self._context.board.tell(OutboxChanged(number))
        return held

    def _finish(self, reader: Reader, writer: Writer, hand_over: HandOver, happening: Happening) -> None:
        from tui.sync.sent_copy import sent_copy

        outgoing = hand_over.outgoing
        if hand_over.sign_in:
            self._desk.stand_still(outgoing.account, hand_over.sign_in)
        attempts = outgoing.attempts + (hand_over.sign_in is None)
        if happening in (Happening.DEFERRED, Happening.CUT) and attempts >= MAX_ATTEMPTS:
            in_doubt = happening is Happening.CUT and outgoing.state is SendState.DOT_SENT
            happening = happening if in_doubt else Happening.REFUSED
        if happening not in (Happening.ACCEPTED, Happening.PARTLY_DEFERRED):
            self._hang_up(politely=happening is not Happening.CUT)  # the next mail gets a clean dialogue
        due = int(time.time()) if hand_over.sign_in else _next_try(attempts, hand_over.patience)
        fields: dict[str, int | str] = {"attempts": attempts, "due": due, **hand_over.said()}
        if happening in (Happening.ACCEPTED, Happening.PARTLY_DEFERRED):
            copy = sent_copy(self._context, reader, outgoing, hand_over.server_id)
            writer.sent(outgoing.id, following(outgoing.state, happening), copy, **fields)
        else:
            move(writer, outgoing, happening, **fields)
        if happening is Happening.CUT or hand_over.for_all:
            self._hold_off(reader, writer, due, hand_over.why())
        if following(outgoing.state, happening) is SendState.UNSURE:
            self._desk.unsure(outgoing)


def own_fault() -> MailError:
    """What the person is told of a fault of ours after which nothing is sent any more."""
    return MailError("Sending has stopped by a fault of this program.", "Start it again; nothing is lost.")


def _queued(writer: Writer, outgoing: Outgoing) -> Outgoing:
    """The mail, out of its time for second thoughts, which is over."""
    if outgoing.state is not SendState.HELD:
        return outgoing
    move(writer, outgoing, Happening.DUE)
    return replace(outgoing, state=SendState.QUEUED)


def _next_try(attempts: int, error: MailError | None) -> int:
    """When a mail is tried again (Unix seconds), later where the server named a time."""
    named = error.wait if isinstance(error, Busy) else 0.0
    return int(time.time() + max(send_delay(attempts), named))
