"""Signing in by token at a real Dovecot that asks a real introspection service."""

from __future__ import annotations

import http.server
import json
import threading
import urllib.parse
from collections.abc import Iterator

import pytest

from tests.servers import dovecot as real
from tests.servers.dovecot import Dovecot
from tui.model.account import Auth, Login
from tui.model.error import SignInNeeded
from tui.model.secret import Secret
from tui.net.imap import ImapConnection
from tui.net.pop3 import Pop3Connection
from tui.net.smtp import SmtpConnection

pytestmark = pytest.mark.dovecot

GOOD = Secret("good-token-" + "x" * 3000)
LOGIN = Login("user1", Auth.OAUTH2)


class _Introspection(http.server.BaseHTTPRequestHandler):
    """Says that one token is user1's and all others are nobody's (RFC 7662)."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        token = urllib.parse.parse_qs(body).get("token", [""])[0]
        good = token == GOOD.reveal()
        answer = json.dumps({"active": good, "username": "user1"} if good else {"active": False}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    """A Dovecot that takes tokens."""
    request.getfixturevalue("dovecot")  # skips or fails where there is none
    assert real.installed()
    introspection = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Introspection)
    thread = threading.Thread(target=introspection.serve_forever)
    thread.start()
    made = Dovecot(introspect=f"http://127.0.0.1:{introspection.server_port}/introspect")
    made.start()
    yield made
    made.remove()
    introspection.shutdown()
    introspection.server_close()
    thread.join()


def imap(server: Dovecot) -> ImapConnection:
    """A connection by IMAP."""
    return ImapConnection(server.server("imaps"), server.ca_file)


def pop3(server: Dovecot) -> Pop3Connection:
    """A connection by POP3."""
    return Pop3Connection(server.server("pop3s"), server.ca_file)


def smtp(server: Dovecot) -> SmtpConnection:
    """A connection by SMTP."""
    return SmtpConnection(server.server("submission"), server.ca_file)


@pytest.mark.parametrize("make", [imap, pop3])
def test_a_good_token(server: Dovecot, make: type[ImapConnection]) -> None:
    connection = make(server)  # type: ignore[arg-type]
    connection.connect()
    connection.sign_in(LOGIN, GOOD)
    connection.close()


@pytest.mark.parametrize("make", [imap, pop3, smtp])
@pytest.mark.parametrize(
    ("login", "token"), [(LOGIN, Secret("bad-token")), (Login("user2", Auth.OAUTH2), GOOD)]
)
def test_a_bad_token(server: Dovecot, make: type[ImapConnection], login: Login, token: Secret) -> None:
    connection = make(server)  # type: ignore[arg-type]
    connection.connect()
    with pytest.raises(SignInNeeded) as raised:
        connection.sign_in(login, token)
    assert token.reveal() not in raised.value.detail
    connection.close()
