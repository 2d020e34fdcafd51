"""Sockets and TLS: the only place that opens a connection and the only one that makes an SSL context.

Certificates are always verified, TLS is 1.2 or newer (RFC 8997), STARTTLS is required where it is chosen
and never tried by itself (RFC 8314), and a connection without encryption stays on this computer.
"""

from __future__ import annotations

import contextlib
import errno
import io
import ipaddress
import itertools
import os
import selectors
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager

from tui.model.account import Auth, Security, Server
from tui.model.error import BadConfig, Cancelled, MailError, Untrusted
from tui.net.argument import one_line
from tui.net.faults import translated
from tui.net.resolve import Address, addresses

CONNECT_TIMEOUT = 20.0
READ_TIMEOUT = 60.0
_LOOK_TIMEOUT = 5.0
_NEXT_ADDRESS_AFTER = 0.25  # seconds, RFC 8305 section 5
_CHUNK = 1 << 18
_KEEPALIVE = tuple(
    (getattr(socket, name), value)
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 4))
    if hasattr(socket, name)
)
"""A peer that is gone, as behind a network that was left, is noticed in two minutes and not in two hours."""


def context(ca_file: str = "") -> ssl.SSLContext:
    """A client's TLS context: certificate and host name verified against the system's authorities.

    `ca_file` names a PEM file of further authorities. Raises BadConfig when it cannot be used.
    """
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.hostname_checks_common_name = False  # RFC 9525 section 2: only subjectAltName names a server
    if ca_file:
        try:
            made.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise BadConfig(
                f"The certificate file {ca_file} cannot be used.",
                "Set ca_file of the account to a readable PEM file, or remove it.",
                detail=str(error),
            ) from error
    return made


def is_loopback(host: str) -> bool:
    """Whether `host` can only mean this computer; names are not looked up, only `localhost` is known."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Waker:
    """Ends a wait in `select` from another thread. `socket` is readable after `wake` until `clear`."""

    def __init__(self) -> None:
        self.socket, self._end = socket.socketpair()
        self.socket.setblocking(False)
        self._end.setblocking(False)

    def wake(self) -> None:
        """Make `socket` readable; from any thread, any number of times."""
        with contextlib.suppress(OSError):  # full of earlier calls, so readable already; or closed meanwhile
            self._end.send(b"\0")

    def clear(self) -> None:
        """Forget all calls of `wake` so far."""
        with contextlib.suppress(BlockingIOError):
            while self.socket.recv(4096):
                pass

    def close(self) -> None:
        """Give both sockets back."""
        self.socket.close()
        self._end.close()


class Link:
    """One connection to `server`. Used by one thread; only `abort` may come from another."""

    def __init__(self, server: Server, ca_file: str = "") -> None:
        self.server = server
        self._ca_file = ca_file
        self._socket: socket.socket | None = None
        self._aborted = False
        self.closed = False
        self._lock = threading.Lock()  # so that `abort` never shuts down a descriptor given to another

    def open(self, ask_for_tls: Callable[[socket.socket], None]) -> None:
        """Connect and encrypt as the server's security says.

        `ask_for_tls` holds the clear-text dialogue before STARTTLS; nothing of it may be kept. Raises
        Offline, Untrusted, Garbled, BadConfig, Cancelled.
        """
        host, security = one_line(self.server.host, "server name"), self.server.security
        if security is Security.PLAIN and not is_loopback(host):
            raise Untrusted(
                f"{host} would be spoken to without encryption.",
                "Choose TLS or STARTTLS for this server; only this computer may be reached without.",
            )
        try:
            with self.guard("connecting"):
                encryption = None if security is Security.PLAIN else context(self._ca_file)
                self._reach(CONNECT_TIMEOUT, ask_for_tls)
                if encryption:
                    self._encrypt(encryption)
                self.sock.settimeout(READ_TIMEOUT)
        except Untrusted as error:
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                error.detail = "\n".join(filter(None, (error.detail, self._what_it_showed(ask_for_tls))))
            raise

    def guard(self, doing: str, *, signing_in: Auth | None = None) -> AbstractContextManager[None]:
        """A `with` block in which foreign errors become MailErrors; `doing` completes "while …"."""
        return translated(doing, self.server.host, signing_in=signing_in, aborted=lambda: self._aborted)

    @property
    def sock(self) -> socket.socket:
        """The connected socket. Raises ConnectionError when there is none."""
        if self._socket is None:
            raise ConnectionError("not connected")
        return self._socket

    def reader(self) -> io.BufferedReader:
        """A buffered reader of the socket, to be closed by whoever asked for it."""
        made = self.sock.makefile("rb", buffering=1 << 16)
        assert isinstance(made, io.BufferedReader)
        return made

    def send(self, data: bytes) -> None:
        """Send all of `data`. The time limit is for 256 KiB each, so that slow lines can send big mail."""
        view = memoryview(data)
        for start in range(0, len(data), _CHUNK):
            self.sock.sendall(view[start : start + _CHUNK])

    def has_input(self, reader: io.BufferedReader) -> bool:
        """Whether `reader` has octets now: in its own buffer, in the TLS layer or in the socket.

        `select` sees only the last of these. Nothing is consumed; the end of the stream counts as none.
        """
        self.sock.settimeout(0)
        try:
            return bool(reader.peek(1))
        except (ssl.SSLWantReadError, BlockingIOError):
            return False
        finally:
            self.sock.settimeout(READ_TIMEOUT)

    def abort(self) -> None:
        """Break whatever the connection waits for, at once, from any thread; it cannot be used again."""
        self._aborted = True
        with self._lock:
            self._hang_up()

    def close(self) -> None:
        """Give the socket back without a word to the server; readers find the end of the stream."""
        with self._lock:
            self._hang_up()
            if self._socket is not None:
                self._socket.close()
                self._socket = None
        self.closed = True

    def _hang_up(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):  # the other side may have closed it meanwhile
                # the base class's method: SSLSocket's own would touch TLS state under its user's hands
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _reach(self, within: float, ask_for_tls: Callable[[socket.socket], None]) -> None:
        """Connect, up to where encryption begins."""
        self._keep(self._first_to_answer(within))
        self.sock.settimeout(within)
        if self.server.security is Security.STARTTLS:
            ask_for_tls(self.sock)
            self._refuse_injection()

    def _what_it_showed(self, ask_for_tls: Callable[[socket.socket], None]) -> str:
        """The refused certificate in words, looked at once more; "" when that does not work."""
        from tui.net import certificate

        self.close()
        try:
            self._reach(_LOOK_TIMEOUT, ask_for_tls)
            shown = self._encrypt(certificate.looking()).getpeercert(binary_form=True)
            return certificate.facts(shown or b"")
        except (MailError, OSError, ValueError):  # the refusal is told all the same
            return ""
        finally:
            self.close()

    def _keep(self, connected: socket.socket) -> None:
        self._socket = connected
        self._check_aborted()

    def _check_aborted(self) -> None:
        if self._aborted:
            raise Cancelled(f"The connection to {self.server.host} was stopped.")

    def _refuse_injection(self) -> None:
        """Anything that came behind the answer to STARTTLS was put there by somebody in between."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.sock, selectors.EVENT_READ)
            if waiting.select(0):
                raise Untrusted(
                    f"{self.server.host} went on talking where encryption must begin.",
                    "Somebody may be interfering: try another network, or choose TLS instead of STARTTLS.",
                )

    def _encrypt(self, encryption: ssl.SSLContext) -> ssl.SSLSocket:
        wrapped = encryption.wrap_socket(
            self.sock, server_hostname=self.server.host, do_handshake_on_connect=False
        )
        self._keep(wrapped)  # before the handshake, so that it can be aborted
        wrapped.do_handshake()
        return wrapped

    def _first_to_answer(self, within: float) -> socket.socket:
        """Try all addresses of the host, IPv6 and IPv4 in turn, a new one every 250 ms; the first wins."""
        deadline = time.monotonic() + within
        untried = deque(self._addresses(within))
        failure: OSError = TimeoutError("timed out")
        with selectors.DefaultSelector() as attempts, contextlib.ExitStack() as losers:
            while untried or attempts.get_map():
                if untried and (refused := _attempt(untried.popleft(), attempts, losers)):
                    failure = refused
                    continue
                for key, _ in attempts.select(
                    max(0.0, min(_NEXT_ADDRESS_AFTER, deadline - time.monotonic()))
                ):
                    tried: socket.socket = key.fileobj  # type: ignore[assignment]
                    attempts.unregister(tried)
                    code = tried.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if not code:
                        return _winner(tried)
                    failure = OSError(code, os.strerror(code))
                self._check_aborted()
                if time.monotonic() >= deadline:
                    raise TimeoutError("timed out")
        raise failure

    def _addresses(self, within: float) -> list[Address]:
        families: dict[socket.AddressFamily, list[Address]] = {}
        for one in addresses(self.server.host, self.server.port, within, self._check_aborted):
            families.setdefault(one[0], []).append(one)
        turns = itertools.zip_longest(*families.values())
        return [address for turn in turns for address in turn if address is not None]


def _attempt(
    address: Address, attempts: selectors.BaseSelector, losers: contextlib.ExitStack
) -> OSError | None:
    """Begin to connect to one address; an error that is known at once is returned, not raised."""
    tried = socket.socket(address[0], socket.SOCK_STREAM)
    losers.callback(tried.close)
    tried.setblocking(False)
    code = tried.connect_ex(address[1])
    if code not in (0, errno.EINPROGRESS, errno.EWOULDBLOCK):
        return OSError(code, os.strerror(code))
    attempts.register(tried, selectors.EVENT_WRITE)
    return None


def _winner(connected: socket.socket) -> socket.socket:
    """The same connection as a new object, which stays open when all attempts are closed."""
    kept = socket.socket(fileno=connected.detach())
    kept.settimeout(CONNECT_TIMEOUT)
    kept.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _KEEPALIVE:
        kept.setsockopt(socket.IPPROTO_TCP, option, value)
    return kept
