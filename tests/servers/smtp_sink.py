"""An SMTP server that keeps what it is given, and can hand it on to a mailbox."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tui.model.account import Security, Server


@dataclass(frozen=True, slots=True)
class Received:
    """One accepted mail: the envelope, the octets as they came, and the options of MAIL FROM."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    options: tuple[str, ...]


class _Handler:
    """aiosmtpd's hooks: what is refused and what becomes of the rest."""

    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self._sink.refuse.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self._sink.refuse_data:
            return self._sink.refuse_data
        raw = envelope.original_content or b""
        mail = Received(str(envelope.mail_from), tuple(envelope.rcpt_tos), raw, tuple(envelope.mail_options))
        self._sink.received.append(mail)
        self._sink.arrived.set()
        if self._sink.deliver:
            for recipient in mail.recipients:
                self._sink.deliver(recipient, raw)
        return self._sink.answer


class _Controller(Controller):
    """Starts the server with our own choice of options; implicit TLS is aiosmtpd's `ssl_context`."""

    def __init__(self, sink: SmtpSink, implicit: ssl.SSLContext | None, **options: Any) -> None:
        self._options = options
        super().__init__(_Handler(sink), hostname="127.0.0.1", port=0, ssl_context=implicit)

    def factory(self) -> SMTP:
        with warnings.catch_warnings():  # aiosmtpd does not see that implicit TLS is TLS
            warnings.simplefilter("ignore", UserWarning)
            return SMTP(self.handler, hostname="localhost", enable_SMTPUTF8=True, **self._options)

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]  # port 0 was asked for
        super()._trigger_server()  # type: ignore[no-untyped-call]


class SmtpSink:
    """A loopback SMTP server. Without certificate it is plain; with one, STARTTLS or (implicit) TLS.

    `users` maps user names to passwords and makes signing in obligatory. `refuse` maps recipients to whole
    reply lines, `refuse_data` is the reply to a body ("" accepts), `answer` the reply to an accepted one,
    `deliver` is called with each recipient and the octets.
    """

    def __init__(
        self,
        context: ssl.SSLContext | None = None,
        *,
        implicit: bool = False,
        users: dict[str, str] | None = None,
    ) -> None:
        self.received: list[Received] = []
        self.arrived = threading.Event()
        self.refuse: dict[str, str] = {}
        self.refuse_data = ""
        self.answer = "250 2.0.0 OK <sink-1@mail.example>"
        self.deliver: Callable[[str, bytes], object] | None = None
        self._users = users
        self._security = Security.PLAIN
        options: dict[str, Any] = {}
        if context:
            self._security = Security.TLS if implicit else Security.STARTTLS
            if not implicit:
                options = {"tls_context": context, "require_starttls": True}
        if users is not None:
            options |= {
                "authenticator": self._authenticate,
                "auth_required": True,
                "auth_require_tls": not implicit,
            }
        self._controller = _Controller(self, context if implicit else None, **options)

    def _authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and self._users is not None
        good = good and self._users.get(data.login.decode()) == data.password.decode()  # type: ignore[union-attr]
        return AuthResult(success=good, handled=False)

    @property
    def port(self) -> int:
        """The port it listens on, once started."""
        return self._controller.port

    @property
    def server(self) -> Server:
        """The endpoint as a client is told of it."""
        return Server("localhost", self.port, self._security)

    def start(self) -> None:
        """Listen; returns when connections are accepted."""
        self._controller.start()

    def stop(self) -> None:
        """Close every connection and the port."""
        self._controller.stop()


def answers(port: int) -> bool:
    """Whether somebody listens on this loopback port."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False
