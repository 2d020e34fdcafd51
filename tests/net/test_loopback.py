"""The way back from the browser: what is believed, and what everybody else on this computer gets."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.model.error import Cancelled, MailError, SignInNeeded
from tui.net.loopback import Loopback, fits, response_of

STATE = "state-of-this-sign-in"
ANSWER = f"/?code=the-code&state={STATE}"


class Waiting:
    """A Loopback that waits on a thread; `result` is its answer or error, once it has one."""

    def __init__(self, limit: float = 10.0) -> None:
        self.cancelled = threading.Event()
        self.result: dict[str, str] | MailError | None = None
        self._listener = Loopback()
        self.address = self._listener.address
        self.port = urlsplit(self.address).port or 0
        self._limit = limit
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            with self._listener as listener:
                self.result = listener.wait(STATE, self.cancelled, self._limit)
        except MailError as error:
            self.result = error

    def ask(self, path: str, method: str = "GET", host: str = "") -> tuple[http.client.HTTPResponse, str]:
        """What a client that asks for `path` is answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request(method, path, headers={"Host": host or f"localhost:{self.port}"})
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        return answer, page

    def raw(self, octets: bytes) -> bytes:
        """What a client that sends these octets is answered until the connection is closed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(octets)
            got = b""
            try:
                while part := connection.recv(4096):
                    got += part
            except ConnectionResetError:
                pass
            return got

    def end(self) -> None:
        """Wait until the thread has ended."""
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    """A listener that waits for STATE."""
    made = Waiting()
    yield made
    made.cancelled.set()
    made.end()


def test_the_answer(waiting: Waiting) -> None:
    answer, page = waiting.ask(ANSWER)
    waiting.end()

    assert waiting.result == {"code": "the-code", "state": STATE}
    assert answer.status == 200
    assert "You can go back to your mail" in page
    assert "the-code" not in page


def test_the_page_brings_nothing_foreign(waiting: Waiting) -> None:
    answer, page = waiting.ask(ANSWER)

    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not any(sign in page for sign in ("src=", "href=", "url(", "<script", "http"))


def test_an_error_is_an_answer_too(waiting: Waiting) -> None:
    answer, page = waiting.ask(f"/?error=access_denied&error_description=AADSTS65004%3A+no&state={STATE}")
    waiting.end()

    assert waiting.result == {
        "error": "access_denied",
        "error_description": "AADSTS65004: no",
        "state": STATE,
    }
    assert answer.status == 200
    assert "not approved" in page


def test_it_takes_one_answer_only(waiting: Waiting) -> None:
    waiting.ask(ANSWER)
    waiting.end()

    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", waiting.port), timeout=1)


def test_only_this_computer_reaches_it(waiting: Waiting) -> None:
    assert waiting.address == f"http://localhost:{waiting.port}"
    for family, address in ((socket.AF_INET, "127.0.0.2"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as other, pytest.raises(OSError):
            other.connect((address, waiting.port))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?code=the-code&state=another", 400),
        ("/?code=the-code", 400),
        (f"/?state={STATE}", 400),
        (f"/?code=&state={STATE}", 400),
        (f"/?code=a&code=b&state={STATE}", 400),
        (f"/?code=a&state={STATE}&state=another", 400),
        (f"/?code=a&state={STATE}x", 400),
        ("/", 400),
        (f"/favicon.ico?code=a&state={STATE}", 404),
        (f"/callback?code=a&state={STATE}", 404),
        (f"//?code=a&state={STATE}", 404),
        (f"/?code=a&state={STATE}" + "&a=b" * 100, 400),
    ],
)
def test_what_is_not_the_answer(waiting: Waiting, path: str, status: int) -> None:
    answer, page = waiting.ask(path)

    assert answer.status == status
    assert "another" not in page
    waiting.ask(ANSWER)
    waiting.end()
    assert waiting.result == {"code": "the-code", "state": STATE}


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS", "HEAD", "DELETE"])
def test_other_methods(waiting: Waiting, method: str) -> None:
    answer, _ = waiting.ask(ANSWER, method)

    assert answer.status == 405
    assert answer.headers["Allow"] == "GET"
    assert waiting.result is None


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost", "localhost:1", "[::1]:{port}", "localhost.evil:{port}"]
)
def test_a_foreign_name_that_points_here(waiting: Waiting, host: str) -> None:
    answer, _ = waiting.ask(ANSWER, host=host.format(port=waiting.port))

    assert answer.status == 421
    assert waiting.result is None


@pytest.mark.parametrize("host", ["LocalHost:{port}", "127.0.0.1:{port}"])
def test_the_names_of_this_computer(waiting: Waiting, host: str) -> None:
    assert waiting.ask(ANSWER, host=host.format(port=waiting.port))[0].status == 200


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"GET / HTTP/1.0\r\n\r\n", id="no host"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", id="two hosts"),
        pytest.param(b"GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", id="for a proxy"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\r\n\r\n", id="TLS"),
        pytest.param(b"\r\n\r\n", id="nothing"),
        pytest.param(b"GET /" + b"a" * 40_000, id="a line without end"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 8_000, id="fields without end"),
    ],
)
def test_what_is_no_request(waiting: Waiting, octets: bytes) -> None:
    answer = waiting.raw(octets)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")  # a reset may overtake the answer
    waiting.ask(ANSWER)
    waiting.end()
    assert waiting.result == {"code": "the-code", "state": STATE}


def test_silent_connections_hold_nobody_up(waiting: Waiting) -> None:
    """Browsers open connections that they may never use."""
    silent = [socket.create_connection(("127.0.0.1", waiting.port)) for _ in range(40)]
    silent[0].settimeout(5)
    assert silent[0].recv(1) == b"", "the oldest one makes room"
    silent[-1].sendall(b"GET / HT")
    waiting.ask(ANSWER)
    waiting.end()
    for one in silent:
        one.close()

    assert waiting.result == {"code": "the-code", "state": STATE}


def test_half_a_request(waiting: Waiting) -> None:
    with socket.create_connection(("127.0.0.1", waiting.port), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost:")
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_request_in_pieces(waiting: Waiting) -> None:
    with socket.create_connection(("127.0.0.1", waiting.port)) as connection:
        for part in (
            b"GET " + ANSWER.encode(),
            b" HTTP/1.1\r\nHost: local",
            b"host:%d\r\n\r" % waiting.port,
            b"\n",
        ):
            connection.sendall(part)
            time.sleep(0.02)
        assert connection.recv(100).startswith(b"HTTP/1.1 200 OK")
    waiting.end()

    assert waiting.result == {"code": "the-code", "state": STATE}


def test_cancelled_at_once(waiting: Waiting) -> None:
    begun = time.monotonic()
    waiting.cancelled.set()
    waiting.end()

    assert isinstance(waiting.result, Cancelled)
    assert time.monotonic() - begun < 1.0


def test_nobody_comes() -> None:
    waiting = Waiting(limit=0.2)
    waiting.end()

    assert isinstance(waiting.result, SignInNeeded)
    assert "in time" in waiting.result.what


def test_two_at_a_time_have_ports_of_their_own() -> None:
    with Loopback() as one, Loopback() as other:
        assert one.address != other.address


@settings(deadline=None)
@given(st.text() | st.from_regex(r"(code|state|error)=[^&]*(&(code|state|error)=[^&]*)*"))
def test_any_text_as_a_query(text: str) -> None:
    answer = response_of(text)

    assert all(isinstance(value, str) for value in answer.values())
    assert not fits({**answer, "state": "x"}, STATE)


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("code=a%2Fb&state=c", {"code": "a/b", "state": "c"}),
        ("code=a&code=a", {}),
        ("", {}),
        ("code=%ff", {"code": "\ufffd"}),
    ],
)
def test_parameters(query: str, answer: dict[str, str]) -> None:
    assert response_of(query) == answer


@pytest.mark.parametrize("state", ["", "\ud800", "é", STATE[:-1]])
def test_another_state(state: str) -> None:
    assert not fits({"code": "a", "state": state}, STATE)
