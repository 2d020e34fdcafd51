"""Every sign-in at a real Dovecot: IMAP, POP3 and submission, with right and wrong secrets."""

from __future__ import annotations

import http.server
import json
import threading
import urllib.parse
from collections.abc import Callable, Iterator

import pytest

from tests.servers import dovecot as real
from tests.servers.dovecot import PASSWORD, Dovecot
from tui.model.account import Auth, Login, Server
from tui.model.error import SignInNeeded
from tui.model.explain_rule import Retry
from tui.model.secret import Secret
from tui.net import login
from tui.net.imap import ImapConnection
from tui.net.pop3 import Pop3Connection
from tui.net.smtp import SmtpConnection

pytestmark = pytest.mark.dovecot

Connection = ImapConnection | Pop3Connection | SmtpConnection
SERVICES: dict[str, Callable[[Server, str], Connection]] = {
    "imaps": ImapConnection, "imap": ImapConnection, "pop3s": Pop3Connection, "pop3": Pop3Connection,
    "submission": SmtpConnection,
}  # fmt: skip
EVERY = "plain login cram-md5 scram-sha-1 scram-sha-256 xoauth2 oauthbearer"
TOKEN = Secret("good-token-" + "x" * 3000)


class _Introspection(http.server.BaseHTTPRequestHandler):
    """Says that one token is user1's and all others are nobody's (RFC 7662)."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        good = urllib.parse.parse_qs(body).get("token", [""])[0] == TOKEN.reveal()
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
    """A Dovecot with every mechanism, tokens too."""
    sink = request.getfixturevalue("sink")
    request.getfixturevalue("dovecot")  # skips or fails where there is none
    assert real.installed()
    introspection = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Introspection)
    thread = threading.Thread(target=introspection.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{introspection.server_port}/introspect"
    made = Dovecot(introspect=url, mechanisms=EVERY, relay=sink.port)
    try:
        made.start()
        yield made
    finally:
        made.remove()
        introspection.shutdown()
        introspection.server_close()
        thread.join()


@pytest.fixture(scope="module")
def hashing(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    """A Dovecot that offers SCRAM and CRAM-MD5 but keeps passwords in a form that is of no use for them."""
    request.getfixturevalue("dovecot")
    made = Dovecot(mechanisms="plain login cram-md5 scram-sha-256", hashed=True)
    try:
        made.start()
        yield made
    finally:
        made.remove()


@pytest.fixture(params=list(SERVICES))
def connection(server: Dovecot, request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A connection by each protocol, by TLS and by STARTTLS."""
    made = SERVICES[request.param](server.server(request.param), server.ca_file)
    made.connect()
    yield made
    made.close()


def only(monkeypatch: pytest.MonkeyPatch, name: str, connection: Connection) -> None:
    """Let a sign-in know one mechanism only, and no command of the protocol's own."""
    for kind in ("CHALLENGED", "TOLD"):
        monkeypatch.setattr(login, kind, (name,) if name in getattr(login, kind) else ())
    if isinstance(connection, Pop3Connection):
        connection.capabilities -= {"USER"}
    elif isinstance(connection, ImapConnection):
        connection.capabilities |= {"LOGINDISABLED"}


@pytest.mark.parametrize("name", [*login.CHALLENGED, *login.TOLD])
def test_a_password(connection: Connection, name: str, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, name, connection)
    connection.sign_in(Login(user), Secret(PASSWORD))


def test_the_strongest_is_taken_by_itself(connection: Connection, user: str, server: Dovecot) -> None:
    connection.sign_in(Login(user), Secret(PASSWORD))
    assert f"user=<{user}>, method=SCRAM-SHA-256" in server.log()


@pytest.mark.parametrize("name", [*login.CHALLENGED, *login.TOLD])
def test_a_wrong_password(
    connection: Connection, name: str, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, name, connection)
    with pytest.raises(SignInNeeded) as raised:
        connection.sign_in(Login(user), Secret("canary-wrong"))
    assert raised.value.retry in (Retry.NEVER, Retry.USER)
    assert "canary" not in f"{raised.value.what}{raised.value.hint}{raised.value.detail}"


@pytest.mark.parametrize("service", list(SERVICES))
def test_a_password_that_is_kept_as_a_hash(hashing: Dovecot, service: str, user: str) -> None:
    connection = SERVICES[service](hashing.server(service), hashing.ca_file)
    try:
        connection.connect()
        with pytest.raises(SignInNeeded):
            connection.sign_in(Login(user), Secret("wrong"))
        connection.sign_in(Login(user), Secret(PASSWORD))
    finally:
        connection.close()


@pytest.mark.parametrize("name", login.TOKENS)
def test_a_token(connection: Connection, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "TOKENS", (name,))
    connection.sign_in(Login("user1", Auth.OAUTH2), TOKEN)


@pytest.mark.parametrize("name", login.TOKENS)
@pytest.mark.parametrize(("user", "token"), [("user1", Secret("canary-expired")), ("user2", TOKEN)])
def test_a_token_that_is_refused_may_be_renewed(
    connection: Connection, name: str, user: str, token: Secret, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "TOKENS", (name,))
    with pytest.raises(SignInNeeded) as raised:
        connection.sign_in(Login(user, Auth.OAUTH2), token)
    assert raised.value.retry is Retry.REFRESH
    assert token.reveal() not in f"{raised.value.what}{raised.value.hint}{raised.value.detail}"


def test_after_a_refused_token_the_same_connection_takes_a_good_one(connection: Connection) -> None:
    with pytest.raises(SignInNeeded):
        connection.sign_in(Login("user1", Auth.OAUTH2), Secret("expired"))
    connection.sign_in(Login("user1", Auth.OAUTH2), TOKEN)
