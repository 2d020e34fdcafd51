"""The demo: real IMAP, POP3 and SMTP servers on loopback, with a sample mailbox behind them."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import secrets
import shutil
import tempfile
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tui.demo import mailbox
from tui.demo.imap import LINE_LIMIT, MailHost
from tui.demo.pop3 import Pop3Host
from tui.demo.smtp import Postmaster, Submission
from tui.model.account import Account, Login, Protocol, SecretSource, Security, Server
from tui.model.secret import Secret

_LOG = logging.getLogger(__name__)
_HOST = "127.0.0.1"
_START_SECONDS = 10.0
_STOP_SECONDS = 2.0

_Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Ports:
    imap: int
    pop3: int
    smtp: int


class Demo:
    """A mail provider inside this process, for as long as the context lasts.

    `now` (aware; default: the present) is what the dates of the sample mail count from, `answer_after` the
    seconds until the robot answers what is sent. `home`, `account` and `secret` are there once started:
    a temporary folder to be used as `--home`, an account whose servers are on 127.0.0.1, and its password.
    """

    home: Path
    account: Account
    secret: Secret

    def __init__(self, now: datetime | None = None, answer_after: float = 2.0) -> None:
        self._now = now or datetime.now().astimezone()
        self._answer_after = answer_after
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping: asyncio.Event | None = None
        self._transports: set[asyncio.BaseTransport] = set()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the servers and wait until they listen. Raises OSError when they cannot."""
        self.secret = Secret(secrets.token_urlsafe(12))
        self.home = Path(tempfile.mkdtemp(prefix="outlook-tui-demo-"))
        ready: concurrent.futures.Future[_Ports] = concurrent.futures.Future()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="demo", daemon=True)
        self._thread.start()
        try:
            self.account = _account(ready.result(_START_SECONDS))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End all connections and servers and delete the temporary home. May be called twice."""
        if self._thread is None:
            return
        if self._loop and self._stopping:
            with suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(_STOP_SECONDS)
        self._thread = None
        shutil.rmtree(self.home, ignore_errors=True)

    def _run(self, ready: concurrent.futures.Future[_Ports]) -> None:
        try:
            asyncio.run(self._serve(ready))
        except Exception as error:  # noqa: BLE001 - the top of a thread: whoever waits in start() is told
            if not ready.done():
                ready.set_exception(error)
            else:
                _LOG.exception("the demo's servers have ended")

    async def _serve(self, ready: concurrent.futures.Future[_Ports]) -> None:
        self._loop = loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        loop.set_exception_handler(_log_failure)
        username, password = mailbox.ADDRESS, self.secret.reveal()
        host = MailHost(username, password)
        await _fill(host, self._now)
        pop3 = Pop3Host(host, username, password)
        postmaster = Postmaster(host, username, password, self._answer_after)
        # By host and port: asyncio switches Nagle's delay off only for sockets that it has made itself.
        servers = [
            await asyncio.start_server(self._tracked(host.serve), _HOST, 0, limit=LINE_LIMIT),
            await asyncio.start_server(self._tracked(pop3.serve), _HOST, 0),
            await loop.create_server(lambda: Submission(postmaster, self._transports, loop), _HOST, 0),
        ]
        ready.set_result(_Ports(*(server.sockets[0].getsockname()[1] for server in servers)))
        await self._stopping.wait()
        for server in servers:
            server.close()
        await self._end_connections()

    def _tracked(self, serve: _Serve) -> _Serve:
        async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._transports.add(writer.transport)
            try:
                await serve(reader, writer)
            finally:
                self._transports.discard(writer.transport)

        return served

    async def _end_connections(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for transport in self._transports:
            assert isinstance(transport, asyncio.WriteTransport)
            transport.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._transports.clear()


def _log_failure(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Asyncio would print to the terminal, over the screen."""
    _LOG.debug(
        "a connection of the demo failed: %s", context.get("message"), exc_info=context.get("exception")
    )


async def _fill(host: MailHost, now: datetime) -> None:
    for folder in mailbox.FOLDERS:
        await host.create(folder)
    for letter in mailbox.letters(now):
        await host.deliver(letter.raw, letter.received, letter.folder, letter.flags)


def _account(ports: _Ports) -> Account:
    return Account(
        address=mailbox.ADDRESS,
        name=mailbox.NAME,
        incoming=Protocol.IMAP,
        imap=Server(_HOST, ports.imap, Security.PLAIN),
        pop3=Server(_HOST, ports.pop3, Security.PLAIN),
        smtp=Server(_HOST, ports.smtp, Security.PLAIN),
        login=Login(mailbox.ADDRESS, source=SecretSource.SESSION),
    )
