"""The few lines said in the clear before STARTTLS. They are read octet by octet, checked, and forgotten.

After the handshake each protocol starts from nothing, so that no capability, folder, alert or referral put
in by somebody in between can survive (Poddebniak et al., USENIX Security 2021). Whatever is not exactly the
expected answer ends the connection, and none of these texts is ever shown.
"""

from __future__ import annotations

import re
import socket

from tui.model.error import Untrusted

EHLO_NAME = "[127.0.0.1]"  # never the name of this computer, which is nobody's business
_LONGEST_LINE = 4096
_MOST_LINES = 100


def imap(sock: socket.socket) -> None:
    """RFC 3501 6.2.1. PREAUTH is refused: it would have us carry on without encryption."""
    _expect(_line(sock), rb"\* OK\b", "greeted in a way it must not before encryption")
    sock.sendall(b"S STARTTLS\r\n")
    _expect_offer(_line(sock), rb"S OK\b", rb"S (NO|BAD)\b")


def pop3(sock: socket.socket) -> None:
    """RFC 2595 section 4."""
    _expect(_line(sock), rb"\+OK\b", "greeted in a way it must not before encryption")
    sock.sendall(b"STLS\r\n")
    _expect_offer(_line(sock), rb"\+OK\b", rb"-ERR\b")


def smtp(sock: socket.socket) -> None:
    """RFC 3207."""
    _expect(_reply(sock), rb"220[ -]", "greeted in a way it must not before encryption")
    sock.sendall(f"EHLO {EHLO_NAME}\r\n".encode("ascii"))
    _expect(_reply(sock), rb"250[ -]", "did not answer to EHLO")
    sock.sendall(b"STARTTLS\r\n")
    _expect_offer(_reply(sock), rb"220[ -]", rb"[45]\d\d[ -]")


def _line(sock: socket.socket) -> bytes:
    """One line and not an octet more, so that what stands behind it is still in the socket."""
    line = bytearray()
    while not line.endswith(b"\n"):
        octet = sock.recv(1)
        if not octet:
            raise ConnectionResetError("the connection was closed before encryption began")
        line += octet
        if len(line) > _LONGEST_LINE:
            raise _unsafe("sent an endless line before encryption")
    return bytes(line)


def _reply(sock: socket.socket) -> bytes:
    """A whole SMTP reply (RFC 5321 4.2.1); the last line, which alone has a space after the code."""
    for _ in range(_MOST_LINES):
        line = _line(sock)
        if line[3:4] != b"-":
            return line
    raise _unsafe("sent an endless reply before encryption")


def _expect(line: bytes, pattern: bytes, otherwise: str) -> None:
    if not re.match(pattern, line, re.IGNORECASE):
        raise _unsafe(otherwise)


def _expect_offer(line: bytes, yes: bytes, no: bytes) -> None:
    if re.match(no, line, re.IGNORECASE):
        raise Untrusted(
            "The server does not offer encryption (STARTTLS) on this port.",
            "Check the port with your provider, or choose TLS. Nothing is ever sent without encryption.",
        )
    _expect(line, yes, "said something else where encryption must begin")


def _unsafe(doing: str) -> Untrusted:
    return Untrusted(
        f"The server {doing}.",
        "Somebody may be interfering: try another network, or choose TLS instead of STARTTLS.",
    )
