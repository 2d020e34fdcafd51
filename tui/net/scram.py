"""SCRAM, the sign-in that never says the password (RFC 5802; with SHA-256 RFC 7677).

Both sides prove that they know the password, so a server that cannot is found out. Channel binding is not
used: the TLS below has verified the server's certificate.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import stringprep
import unicodedata
from collections.abc import Generator, Mapping
from types import MappingProxyType

from tui.model.error import Untrusted

DIGESTS: Mapping[str, str] = MappingProxyType({"SCRAM-SHA-256": "sha256", "SCRAM-SHA-1": "sha1"})
FEWEST_ROUNDS, MOST_ROUNDS = 4096, 600_000
"""A server names the rounds: too few give the password away, too many keep this computer busy for minutes."""
_HEADER = "n,,"
_FIRST = re.compile(r"r=([\x21-\x2b\x2d-\x7e]{1,1000}),s=([A-Za-z0-9/+=]{1,1000}),i=([1-9]\d{0,9})(?:,.*)?")
_FINAL = re.compile(r"v=([A-Za-z0-9/+=]{1,200})(?:,.*)?")
_FORBIDDEN = (
    stringprep.in_table_c12, stringprep.in_table_c21_c22, stringprep.in_table_c3, stringprep.in_table_c4,
    stringprep.in_table_c5, stringprep.in_table_c6, stringprep.in_table_c7, stringprep.in_table_c8,
    stringprep.in_table_c9, stringprep.in_table_a1,
)  # fmt: skip


def scram(user: str, password: str, digest: str, nonce: str) -> Generator[bytes, bytes, None]:
    """The client's side: yields replies and is sent challenges, the empty first one included.

    `nonce` is of printable ASCII without a comma and used only once. Raises Untrusted when the server cannot
    prove that it knows the password, or asks for something that no honest one would.
    """
    bare = f"n={_escaped(_prepared(user))},r={nonce}"
    yield b""  # `next` brings a mechanism to the point where it waits for the first challenge
    first = _text((yield (_HEADER + bare).encode()))
    salt, rounds, whole_nonce = _parameters(first, nonce)
    unproved = f"c={base64.b64encode(_HEADER.encode()).decode()},r={whole_nonce}"
    salted = hashlib.pbkdf2_hmac(digest, _prepared(password).encode(), salt, rounds)
    key = hmac.digest(salted, b"Client Key", digest)
    message = f"{bare},{first},{unproved}".encode()
    signature = hmac.digest(hashlib.new(digest, key).digest(), message, digest)
    proof = bytes(a ^ b for a, b in zip(key, signature, strict=True))
    final = _text((yield f"{unproved},p={base64.b64encode(proof).decode()}".encode()))
    expected = hmac.digest(hmac.digest(salted, b"Server Key", digest), message, digest)
    if final.startswith("e="):  # the refusal itself follows; whoever says OK all the same has proved nothing
        yield b""
        raise _unproved()
    found = _FINAL.fullmatch(final)
    if not found or not hmac.compare_digest(_decoded(found[1]), expected):
        raise _unproved()
    yield b""


def saslprep(text: str) -> str:
    """`text` as RFC 4013 prepares it for comparison. Raises ValueError for what may not be in a password."""
    mapped = "".join(
        " " if stringprep.in_table_c12(each) else each for each in text if not stringprep.in_table_b1(each)
    )
    prepared = unicodedata.normalize("NFKC", mapped)
    if any(forbidden(each) for each in prepared for forbidden in _FORBIDDEN):
        raise ValueError("a character that SASLprep forbids")
    if any(map(stringprep.in_table_d1, prepared)):  # RFC 3454 section 6: right-to-left text stands alone
        ends = (prepared[0], prepared[-1])
        if any(map(stringprep.in_table_d2, prepared)) or not all(map(stringprep.in_table_d1, ends)):
            raise ValueError("text that runs in both directions")
    return prepared


def _prepared(text: str) -> str:
    """SASLprep, or the text itself where that knows no answer: to its tables of 2002 an emoji is forbidden,
    but servers take it as it is."""
    try:
        return saslprep(text)
    except ValueError:
        return text


def _escaped(user: str) -> str:
    return user.replace("=", "=3D").replace(",", "=2C")


def _parameters(first: str, nonce: str) -> tuple[bytes, int, str]:
    """Salt, rounds and the nonce of both from the server's first message."""
    found = _FIRST.fullmatch(first)
    if not found or not found[1].startswith(nonce) or found[1] == nonce:
        raise _odd("its part of the SCRAM exchange is not in order")
    rounds = int(found[3])
    if not FEWEST_ROUNDS <= rounds <= MOST_ROUNDS:
        raise _odd(f"it wants {rounds:,} rounds of password hashing")
    return _decoded(found[2]), rounds, found[1]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise _odd("its part of the SCRAM exchange is not in order") from None


def _text(challenge: bytes) -> str:
    try:
        return challenge.decode("utf-8")
    except ValueError:
        raise _odd("its part of the SCRAM exchange is not in order") from None


def _odd(why: str) -> Untrusted:
    return Untrusted(
        "The server does not sign in the way an honest one does.",
        "Check the server's name with your provider; the password was not sent.",
        detail=why,
    )


def _unproved() -> Untrusted:
    return Untrusted(
        "The server could not prove that it knows the password.",
        "Somebody else may be answering: check the server's name, or try another network.",
    )
