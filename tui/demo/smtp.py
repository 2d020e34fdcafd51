"""The submission server: takes mail after a sign-in and hands it to the robot. Nothing is relayed."""

from __future__ import annotations

import asyncio
from datetime import datetime

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tui.demo import robot
from tui.demo.imap import MailHost

# What is said at RCPT to recipients whose address begins so; everybody else is welcome.
REFUSALS = {
    "refuse": "550 5.1.1 The demo knows nobody of this name",
    "busy": "451 4.7.1 The demo is too busy for this address just now",
}


class Postmaster:
    """The hooks of aiosmtpd: who may send, to whom, and what becomes of the mail."""

    def __init__(self, host: MailHost, username: str, password: str, answer_after: float) -> None:
        self._host = host
        self._username = username
        self._password = password
        self._answer_after = answer_after
        self._accepted = 0
        self._pending: set[asyncio.Task[None]] = set()

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
    ) -> AuthResult:
        """Check a sign-in by PLAIN or LOGIN."""
        expected = LoginPassword(self._username.encode(), self._password.encode())
        return AuthResult(success=given == expected, handled=False)

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept a sender who has signed in (RFC 4954 6)."""
        if not session.authenticated:
            return "530 5.7.0 Sign in first"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Sender OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept a recipient, or refuse one of those that are there to be refused."""
        for beginning, refusal in REFUSALS.items():
            if address.lower().startswith(beginning):
                return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Recipient OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the mail and let the answers come a little later, as they do in life."""
        raw = envelope.content
        assert isinstance(raw, bytes)
        self._accepted += 1
        task = asyncio.create_task(self._deliver(raw, tuple(envelope.rcpt_tos), self._accepted))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)
        return f"250 2.0.0 Accepted as demo-{self._accepted}"

    async def _deliver(self, raw: bytes, recipients: tuple[str, ...], number: int) -> None:
        own, others = robot.sorted_out(recipients, self._username)
        if own:
            await self._host.deliver(
                robot.received(raw, datetime.now().astimezone()), datetime.now().astimezone()
            )
        if not others:
            return
        await asyncio.sleep(self._answer_after)
        now = datetime.now().astimezone()
        for answer in robot.answers(raw, self._username, others, now, number):
            await self._host.deliver(answer, now)


class _Session(Session):
    """aiosmtpd logs a warning whenever it uses its own `login_data`; nothing here needs it."""

    @property
    def login_data(self) -> None:
        """Always None."""

    @login_data.setter
    def login_data(self, _value: object) -> None:
        pass


class Submission(SMTP):
    """One SMTP connection; keeps its transport in `transports` while it lasts, so that it can be ended."""

    def __init__(
        self,
        postmaster: Postmaster,
        transports: set[asyncio.BaseTransport],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(
            postmaster,
            hostname="localhost",
            ident="outlook-tui demo",
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=postmaster.authenticate,
            loop=loop,
        )
        self._transports = transports

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio's call for a new connection."""
        self._transports.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Asyncio's call for the end of the connection."""
        if self.transport:
            self._transports.discard(self.transport)
        super().connection_lost(error)

    def _create_session(self) -> Session:
        return _Session(self.loop)
