"""Short answers over https, from real servers on loopback: good, slow, huge, mistrusted, not there."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.net.asking import DOING, asked, told
from tests.servers.certificates import Certificates
from tests.servers.dovecot import free_port
from tests.servers.identity import Failure, IdentityServer
from tests.servers.scripted import Act, Scripted, rule
from tui.model.error import Busy, Garbled, MailError, Offline, Untrusted
from tui.net import web
from tui.net.web import Web, is_https

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def serve(certs: Certificates) -> Callable[..., Scripted]:
    """Makes servers that answer a GET with given octets and acts; to be used with `with`."""

    def make(*answers: bytes | Act, pem: Path | None = None) -> Scripted:
        rules = [rule(rb"^\r\n$", tuple(answers))]
        return Scripted(b"", rules, context=certs.server_context(pem))

    return make


def url(server: Scripted, path: str = "/") -> str:
    return f"https://localhost:{server.port}{path}"


def test_a_document(client: Web, identity: IdentityServer) -> None:
    answer = client.get(f"{identity.authority}/v2.0/.well-known/openid-configuration", DOING)

    assert answer.status == 200
    assert answer.host == "localhost"
    assert answer.json()["token_endpoint"] == f"{identity.authority}/oauth2/v2.0/token"
    assert abs(answer.clock_ahead) < 5


def test_what_is_not_there_is_an_answer(client: Web, identity: IdentityServer) -> None:
    assert client.get(f"{identity.base}/nowhere", DOING).status == 404


@pytest.mark.parametrize("seconds", [3 * 3600, -3 * 3600])
def test_the_clock_of_the_server(client: Web, identity: IdentityServer, seconds: int) -> None:
    identity.clock_ahead = seconds

    assert client.get(f"{identity.base}/", DOING).clock_ahead == pytest.approx(-seconds, abs=5)


@pytest.mark.parametrize(
    "address", ["http://localhost/", "ftp://localhost/", "https://", "", "https://[::1/"]
)
def test_only_https(client: Web, address: str) -> None:
    assert isinstance(asked(client, address), Untrusted)


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://localhost/a?b=c", True),
        ("HTTPS://localhost", True),
        ("https://localhost:80", True),
        ("https://[::1", False),
        ("https://:word@localhost", False),
        ("https://user@localhost", False),
        ("https://", False),
        ("https://local\nhost", False),
        ("https://lócalhost", False),
        ("//localhost", False),
        (None, False),
    ],
)
def test_https(url: object, good: bool) -> None:
    assert is_https(url) is good


def test_no_password_in_an_address(client: Web) -> None:
    error = asked(client, "https://user:hunter2@localhost/")

    assert isinstance(error, Untrusted)
    assert "hunter2" not in str(error) + error.detail + error.hint


@pytest.mark.parametrize("name", ["wrong_host", "expired", "not_yet_valid", "unknown_ca", "self_signed"])
def test_a_certificate_that_is_wrong(
    client: Web, serve: Callable[..., Scripted], certs: Certificates, name: str
) -> None:
    with serve(OK, pem=getattr(certs, name)) as server:
        error = asked(client, url(server))

    assert isinstance(error, Untrusted)
    assert "certificate of localhost" in error.what
    assert server.lines == []


def test_other_lists_of_authorities_do_not_count(
    serve: Callable[..., Scripted], certs: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certs.ca))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(certs.ca))
    with serve(OK) as server, Web() as client:
        assert isinstance(asked(client, url(server)), Untrusted)


def test_nobody_listens(client: Web) -> None:
    error = asked(client, f"https://localhost:{free_port()}/")

    assert isinstance(error, Offline)
    assert "refused" in error.detail.lower()


def test_no_such_host(client: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = asked(client, "https://nowhere.example/")

    assert isinstance(error, Offline)
    assert "name" in error.hint


def test_an_answer_in_chunks(client: Web, serve: Callable[..., Scripted]) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with serve(head + b'3\r\n{"a\r\n', b'5;x=y\r\n": 1}\r\n0\r\n\r\n') as server:
        assert client.get(url(server), DOING).json() == {"a": 1}


def test_an_answer_that_was_packed_though_none_was_wanted(
    client: Web, serve: Callable[..., Scripted]
) -> None:
    """Nothing is unpacked, so that nothing small can become huge."""
    packed = gzip.compress(b"{}" + b" " * 10_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    with serve(head + packed) as server:
        answer = client.get(url(server), DOING)

    assert b"Accept-Encoding: identity\r\n" in server.lines
    assert answer.body == packed
    with pytest.raises(Garbled):
        answer.json()


def test_it_hangs_up(client: Web, serve: Callable[..., Scripted]) -> None:
    with serve(Act.CLOSE) as server:
        assert isinstance(asked(client, url(server)), Offline)


def test_it_hangs_up_in_the_middle(client: Web, serve: Callable[..., Scripted]) -> None:
    with serve(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", Act.CLOSE) as server:
        assert isinstance(asked(client, url(server)), Offline | Garbled)


def test_silence(client: Web, serve: Callable[..., Scripted], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "SILENCE", 0.3)
    begun = time.monotonic()
    with serve(Act.STALL) as server:
        error = asked(client, url(server))

    assert isinstance(error, Offline)
    assert "in time" in error.what
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["body", "header", "interim"],
)
def test_an_answer_that_drips(
    client: Web, certs: Certificates, monkeypatch: pytest.MonkeyPatch, head: bytes, drop: bytes
) -> None:
    """Every octet comes soon enough, all of them never do."""
    monkeypatch.setattr(web, "WHOLE", 0.5)
    with dripping(certs, head, drop) as port:
        begun = time.monotonic()
        error = asked(client, f"https://localhost:{port}/")

    assert isinstance(error, Offline)
    assert time.monotonic() - begun < 3


@contextmanager
def dripping(certs: Certificates, head: bytes, drop: bytes) -> Iterator[int]:
    """A server that sends a drop of its answer every 50 ms; it gives up by itself after 10 seconds."""
    end = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            accepted, _ = listening.accept()
            with certs.server_context().wrap_socket(accepted, server_side=True) as client:
                client.recv(4096)
                client.sendall(head)
                try:
                    for _ in range(200):
                        if end.wait(0.05):
                            return
                        client.sendall(drop)
                except OSError:
                    return

        thread = threading.Thread(target=run)
        thread.start()
        yield listening.getsockname()[1]
        end.set()
        thread.join()


@pytest.mark.parametrize("said", [b"Content-Length: 999999999\r\n", b"", b"Transfer-Encoding: chunked\r\n"])
def test_an_answer_without_end(client: Web, serve: Callable[..., Scripted], said: bytes) -> None:
    size = 2 * web.LARGEST
    chunk = b"%x\r\n" % size if b"chunked" in said else b""
    with serve(b"HTTP/1.1 200 OK\r\n" + said + b"\r\n" + chunk, b"x" * size, Act.CLOSE) as server:
        error = asked(client, url(server))

    assert isinstance(error, Garbled)
    assert "octets" in error.detail


def test_no_http_at_all(client: Web, serve: Callable[..., Scripted]) -> None:
    with serve(b"* OK IMAP4rev1 ready\r\n", Act.CLOSE) as server:
        assert isinstance(asked(client, url(server)), Garbled | Offline)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>", id="a page"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"text"', id="a text"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"[" * 100_000, id="too deep"),
    ],
)
def test_no_json_object(client: Web, identity: IdentityServer, body: bytes) -> None:
    identity.failures.append(Failure(200, body=body))
    answer = client.post(f"{identity.authority}/oauth2/v2.0/token", {}, DOING)

    with pytest.raises(Garbled):
        answer.json()


def sending_on(*locations: str) -> list[bytes]:
    return [
        b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % one.encode() for one in locations
    ]


def test_a_redirect_by_https_is_followed(
    client: Web, serve: Callable[..., Scripted], certs: Certificates
) -> None:
    with serve(OK) as target, serve(*sending_on(url(target, "/there"))) as first:
        answer = client.get(url(first), DOING)

    assert answer.url == url(target, "/there")


def test_a_redirect_to_http_is_not(client: Web, serve: Callable[..., Scripted]) -> None:
    with serve(*sending_on("http://localhost/")) as server:
        assert isinstance(asked(client, url(server)), Untrusted)


def test_an_address_beside_an_answer_is_no_redirect(client: Web, serve: Callable[..., Scripted]) -> None:
    with serve(b"HTTP/1.1 200 OK\r\nLocation: http://localhost/\r\nContent-Length: 2\r\n\r\n{}") as server:
        assert client.get(url(server), DOING).body == b"{}"


@pytest.mark.parametrize("target", ["//[::1", "https://[zz]/", "https:", "https://localhost:99999999/"])
def test_a_redirect_to_nonsense(client: Web, serve: Callable[..., Scripted], target: str) -> None:
    with serve(*sending_on(target)) as server:
        assert isinstance(asked(client, url(server)), Garbled | Untrusted)


def test_redirects_end(client: Web, certs: Certificates) -> None:
    again = rule(rb"^\r\n$", sending_on("/again")[0])
    with Scripted(b"", [again], context=certs.server_context()) as server:
        error = asked(client, url(server))

    assert isinstance(error, Garbled)
    assert 2 <= sum(line.startswith(b"GET") for line in server.lines) <= 6


def test_a_form_is_not_sent_elsewhere(client: Web, identity: IdentityServer) -> None:
    identity.failures.append(Failure(307, body=b"", location=f"{identity.base}/elsewhere"))
    with pytest.raises(Garbled):
        client.post(f"{identity.authority}/oauth2/v2.0/token", {"code": "abc"}, DOING)

    assert len(identity.forms) == 1


@pytest.mark.parametrize(
    ("status", "wait", "seconds"),
    [(429, "17", 17), (503, "", 0), (500, "x", 0), (502, "-5", 0), (504, "99999999999", 3600), (599, "1", 1)],
)
def test_patience(client: Web, serve: Callable[..., Scripted], status: int, wait: str, seconds: int) -> None:
    line = f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nRetry-After: {wait}\r\n\r\n"
    with serve(line.encode()) as server:
        error = asked(client, url(server))

    assert isinstance(error, Busy)
    assert error.wait == seconds


@pytest.mark.parametrize("ahead", [0, 7200])
def test_patience_until_a_date_of_the_server(client: Web, serve: Callable[..., Scripted], ahead: int) -> None:
    now = time.time() + ahead
    dates = f"Date: {formatdate(now, usegmt=True)}\r\nRetry-After: {formatdate(now + 30, usegmt=True)}\r\n"
    with serve(f"HTTP/1.1 429 No\r\nContent-Length: 0\r\n{dates}\r\n".encode()) as server:
        error = asked(client, url(server))

    assert isinstance(error, Busy)
    assert error.wait == pytest.approx(30, abs=1)


def test_netrc_is_not_read(
    client: Web, identity: IdentityServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login me password hunter2\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    client.post(f"{identity.authority}/oauth2/v2.0/token", {"code": "abc"}, DOING)

    assert not any(name.lower() == "authorization" for name in identity.headers[-1])


def test_no_error_tells_what_was_sent(
    client: Web,
    serve: Callable[..., Scripted],
    certs: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    canary = "-".join(("canary", "of", "the", "form"))  # not in the source, which a traceback shows
    monkeypatch.setattr(web, "SILENCE", 0.2)
    ways: list[tuple[bytes | Act, Path]] = [
        (Act.CLOSE, certs.good),
        (Act.STALL, certs.good),
        (b"nonsense\r\n\r\n", certs.good),
        (OK, certs.expired),
    ]
    for said, pem in ways:
        with serve(said, pem=pem) as server, pytest.raises(MailError) as raised:
            client.post(url(server, f"/?code={canary}-1"), {"refresh_token": f"{canary}-2"}, DOING)
        chain: list[BaseException | None] = [raised.value]
        for one in chain:
            if one is not None:
                assert not type(one).__module__.startswith(("requests", "urllib3")), one
                chain += [one.__cause__, one.__context__]
        assert canary not in told(raised.value)
    assert f"{canary}-2" not in caplog.text
