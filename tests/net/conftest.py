"""Signed-in connections to the real Dovecot, closed when the test ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.servers.certificates import Certificates
from tests.servers.dovecot import PASSWORD, Dovecot
from tui.model.account import Login
from tui.model.secret import Secret
from tui.net.imap import ImapConnection
from tui.net.link import Waker
from tui.net.pop3 import Pop3Connection
from tui.net.web import Web

SECRET = Secret(PASSWORD)


@pytest.fixture(scope="session", autouse=True)
def no_system_authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """OpenSSL finds no authorities of the system: reading them takes most of the time of a connection."""
    empty = tmp_path_factory.mktemp("authorities") / "none.pem"
    empty.touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(empty))
        patch.setenv("SSL_CERT_DIR", str(empty.parent))
        yield


@pytest.fixture
def connect(dovecot: Dovecot, user: str) -> Iterator[Callable[..., ImapConnection]]:
    """Opens IMAP connections of this test's user, to the given Dovecot or the usual one."""
    opened: list[ImapConnection] = []

    def open_one(server: Dovecot = dovecot, service: str = "imaps") -> ImapConnection:
        connection = ImapConnection(server.server(service), server.ca_file)
        opened.append(connection)
        connection.connect()
        connection.sign_in(Login(user), SECRET)
        return connection

    yield open_one
    for connection in opened:
        connection.close()


@pytest.fixture
def imap(connect: Callable[..., ImapConnection]) -> ImapConnection:
    """A signed-in IMAP connection."""
    return connect()


@pytest.fixture
def connect_pop3(dovecot: Dovecot, user: str) -> Iterator[Callable[[], Pop3Connection]]:
    """Opens POP3 connections of this test's user, one after the other."""
    opened: list[Pop3Connection] = []

    def open_one() -> Pop3Connection:
        connection = Pop3Connection(dovecot.server("pop3s"), dovecot.ca_file)
        opened.append(connection)
        connection.connect()
        connection.sign_in(Login(user), SECRET)
        return connection

    yield open_one
    for connection in opened:
        connection.close()


@pytest.fixture
def waker() -> Iterator[Waker]:
    """A Waker, closed afterwards."""
    made = Waker()
    yield made
    made.close()


@pytest.fixture
def client(certs: Certificates, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """An https client that trusts the tests' authority, and knows no proxy but those a test names."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Web(str(certs.ca)) as made:
        yield made
