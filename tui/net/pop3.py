"""One POP3 connection (RFC 1939, 2449, 2595, 5034): model in, octets out, blocking.

Every method raises only MailErrors. After anything but a clean `-ERR` the connection is closed by itself:
a server and a client out of step could delete what was never read. Without `quit` nothing is deleted.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tui.model.account import Auth, Login, Security, Server
from tui.model.error import Busy, MailError, Offline, Refused, SignInNeeded
from tui.model.secret import Secret
from tui.net import faults, login, starttls
from tui.net.argument import one_line
from tui.net.link import Link
from tui.net.pop3_wire import LARGEST_MESSAGE, Wire

_LARGEST_LISTING = 64 << 20
_LONGEST_DELAY = 86_400.0
_IN_FLIGHT = 64
_OCTETS_IN_FLIGHT = 2 << 20


class Pop3Connection:
    """A connection to one POP3 server, for one thread; only `abort` may come from another.

    The server locks the mailbox from `sign_in` on and forgets all deletions unless `quit` answers True.
    """

    def __init__(self, server: Server, ca_file: str = "") -> None:
        self.server = server
        self.capabilities: frozenset[str] = frozenset()
        self._link = Link(server, ca_file)
        self._wire: Wire | None = None
        self._mechanisms: frozenset[str] = frozenset()
        self._sizes: dict[int, int] = {}
        self.login_delay = 0.0
        """Seconds that the server wants between two sign-ins (RFC 2449 6.5), 0 where it does not say."""

    def connect(self) -> None:
        """Connect, encrypt, and read what the server can do."""
        self._link.open(starttls.pop3)
        with self._link.guard("connecting"):
            self._wire = Wire(self._link, greeted=self.server.security is Security.STARTTLS)
            self._read_capabilities(self._wire)

    def sign_in(self, account: Login, secret: Secret) -> None:
        """Sign in by the strongest that is offered (see `login`), or by USER and PASS.

        Raises SignInNeeded; Busy when the mailbox is in use or the server asks for patience.
        """
        names = self._ways(account)
        try:
            with self._doing("signing in", signing_in=account.auth):
                login.try_each(names, lambda name: self._sign_in_by(name, account, secret), "pop3")
        except Busy as error:
            if "[login-delay]" in error.detail.lower():
                error.wait = max(error.wait, self.login_delay)
            raise
        with self._doing("asking what the server can do") as wire:
            self._read_capabilities(wire)

    def uidl(self) -> list[tuple[int, str]]:
        """Message numbers and unique ids. Raises Refused when the server has no UIDL.

        Nothing is promised of the ids here: there are servers whose ids repeat or change.
        """
        lines = self._listing("UIDL", "listing mail")
        return [(number, words) for number, words in lines if words]

    def sizes(self) -> dict[int, int]:
        """Octets by message number, as the server counts them."""
        with self._doing("listing mail"):
            lines = self._listing("LIST", "listing mail")
            self._sizes = {number: int(words.split()[0]) for number, words in lines}
            if any(size < 0 for size in self._sizes.values()):
                raise faults.garbled(self.server.host, "a negative size")
        return dict(self._sizes)

    def top(self, number: int) -> bytes:
        """The header of a message with the empty line behind it, octets exactly as they came, CRLF."""
        return next(self.tops([number]))[1]

    def retrieve(self, number: int) -> bytes:
        """A whole message, octets exactly as they came, dots unstuffed, CRLF line ends."""
        return next(self.retrieve_each([number]))[1]

    def tops(self, numbers: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Headers of many messages, asked for ahead of the answers where the server allows (PIPELINING)."""
        return self._each(numbers, lambda number: f"TOP {number} 0")

    def retrieve_each(self, numbers: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Many messages, as `tops`. Leave the loop before the next command.

        A message that is refused raises Refused; the loop may be begun again behind it.
        """
        return self._each(numbers, lambda number: f"RETR {number}")

    def delete(self, number: int) -> None:
        """Mark a message as deleted; it goes when `quit` answers True."""
        with self._doing("deleting") as wire:
            wire.ask(f"DELE {number:d}")

    def noop(self) -> None:
        """Ask for nothing but an answer: proof that both sides are in step."""
        with self._doing("asking for a sign of life") as wire:
            wire.ask("NOOP")

    def quit(self) -> bool:
        """End the session; True when the server says that the deletions are done (RFC 1939 section 6)."""
        try:
            with self._doing("signing out") as wire:
                wire.ask("QUIT")
            return True
        except (Refused, Busy, SignInNeeded):
            return False
        finally:
            self.close()

    @property
    def closed(self) -> bool:
        """Whether everything has been given back."""
        return self._link.closed

    def abort(self) -> None:
        """Break off at once, from any thread; whatever is going on ends with Cancelled."""
        self._link.abort()

    def close(self) -> None:
        """Give everything back without a word; nothing is deleted on the server. Never raises."""
        if self._wire is not None:
            with contextlib.suppress(OSError):
                self._wire.file.close()
            self._wire = None
        self._link.close()

    @contextmanager
    def _doing(self, words: str, *, signing_in: Auth | None = None) -> Iterator[Wire]:
        if self._wire is None:
            raise Offline(f"There is no connection to {self.server.host}.")
        try:
            with self._link.guard(words, signing_in=signing_in):
                yield self._wire
        except (Refused, Busy, SignInNeeded):
            raise  # a clean no
        except MailError:
            self.close()
            raise

    def _ways(self, account: Login) -> list[str]:
        """The mechanisms to try; "" is USER and PASS, as strong as PLAIN and known to more servers."""
        if account.auth is Auth.OAUTH2:
            # a server without CAPA may still know the mechanism that all who take tokens over POP3 know
            return login.mechanisms(account, self._mechanisms or {"XOAUTH2"}, self.server.host)
        if self._mechanisms and "USER" not in self.capabilities:
            return login.mechanisms(account, self._mechanisms, self.server.host)
        return [name for name in login.CHALLENGED if name in self._mechanisms] + [""]

    def _sign_in_by(self, name: str, account: Login, secret: Secret) -> None:
        if name:
            answers = login.Answers(name, account, secret, self.server)
            with answers.exchange(), self._doing("signing in", signing_in=account.auth) as wire:
                self._exchange(wire, answers)
            return
        password = one_line(secret.reveal(), "password")
        with login.unsaid({password}), self._doing("signing in", signing_in=account.auth) as wire:
            wire.ask(f"USER {one_line(account.username, 'user name')}")
            wire.ask(f"PASS {password}")

    def _exchange(self, wire: Wire, answers: login.Answers) -> None:
        """One SASL exchange (RFC 5034), never all in one line: Exchange closes the connection on that."""
        reply = wire.ask(f"AUTH {answers.name}")
        for _ in range(login.MOST_STEPS):
            if reply.upper().startswith(b"+OK"):
                return
            reply = wire.ask(login.encoded(answers(login.decoded(reply[1:].strip()))))
        raise faults.garbled(self.server.host, "an endless sign-in")

    def _read_capabilities(self, wire: Wire) -> None:
        """CAPA (RFC 2449); a server that does not know it has none of the extensions."""
        self.capabilities, self._mechanisms = frozenset(), frozenset()
        with contextlib.suppress(Refused, SignInNeeded), self._link.guard("asking what the server can do"):
            wire.ask("CAPA")
            lines = wire.lines(_LARGEST_LISTING).decode("ascii", "replace").upper().splitlines()
            words = [line.split() for line in lines if line.strip()]
            self.capabilities = frozenset(line[0] for line in words)
            self._mechanisms = frozenset(word for line in words if line[0] == "SASL" for word in line[1:])
            delays = [line[1] for line in words if line[0] == "LOGIN-DELAY" and len(line) > 1]
            if delays and delays[0].isdecimal():
                self.login_delay = min(float(delays[0]), _LONGEST_DELAY)

    def _listing(self, command: str, doing: str) -> list[tuple[int, str]]:
        with self._doing(doing) as wire:
            wire.ask(command)
            found = []
            for line in wire.lines(_LARGEST_LISTING).decode("ascii", "backslashreplace").split("\r\n"):
                number, _, words = line.partition(" ")
                if line:
                    found.append((int(number), words.strip()))
            return found

    def _each(self, numbers: Sequence[int], command: Callable[[int], str]) -> Iterator[tuple[int, bytes]]:
        todo, waiting = deque(numbers), deque[int]()
        with self._doing("fetching mail") as wire:
            try:
                while todo or waiting:
                    while todo and self._may_ask(waiting, todo[0]):
                        wire.send(command(todo[0]))
                        waiting.append(todo.popleft())
                    number = waiting.popleft()
                    wire.answer()
                    yield number, wire.lines(LARGEST_MESSAGE)
            finally:
                self._drop(wire, waiting)

    def _may_ask(self, waiting: deque[int], number: int) -> bool:
        if not waiting:
            return True
        if "PIPELINING" not in self.capabilities or len(waiting) >= _IN_FLIGHT:
            return False
        known = [self._sizes.get(each, _OCTETS_IN_FLIGHT // _IN_FLIGHT) for each in (*waiting, number)]
        return sum(known) <= _OCTETS_IN_FLIGHT

    def _drop(self, wire: Wire, waiting: deque[int]) -> None:
        """Read the answers still on their way. A broken connection is told by the next command."""
        with contextlib.suppress(MailError, OSError, ValueError):
            while waiting:
                waiting.popleft()
                if wire.accepted():
                    wire.lines(LARGEST_MESSAGE)
