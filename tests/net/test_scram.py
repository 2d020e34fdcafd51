"""SCRAM by the examples of the RFCs, and with servers that are none."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.error import Untrusted
from tui.net.scram import MOST_ROUNDS, saslprep, scram

RFC_7677 = (
    "sha256", "rOprNGfwEbeRWgbNEkqO",
    b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    b"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
)  # fmt: skip
RFC_5802 = (
    "sha1", "fyko+d2lbbFgONRv9qkxdawL",
    b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
)  # fmt: skip
DIGEST, NONCE, FIRST, PROOF, FINAL = RFC_7677


@pytest.mark.parametrize(("digest", "nonce", "first", "proof", "final"), [RFC_7677, RFC_5802])
def test_the_examples_of_the_rfcs(digest: str, nonce: str, first: bytes, proof: bytes, final: bytes) -> None:
    client = scram("user", "pencil", digest, nonce)
    next(client)
    assert client.send(b"") == f"n,,n=user,r={nonce}".encode()
    assert client.send(first) == proof
    assert client.send(final) == b""
    with pytest.raises(StopIteration):
        client.send(b"")


def test_a_user_name_is_escaped() -> None:
    client = scram("a=b,c", "p", "sha256", "n")
    next(client)
    assert client.send(b"") == b"n,,n=a=3Db=2Cc,r=n"


@pytest.mark.parametrize(
    "first",
    [
        b"", b"\xff", b"r=", b"e=other-error", FIRST.replace(b"r=rOpr", b"r=xOpr"),
        b"r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", FIRST.replace(b"s=W22Z", b"s=W22"),
        b"m=must-know," + FIRST, FIRST.replace(b"i=4096", b"i=0"), FIRST.replace(b"i=4096", b"i=-1"),
        FIRST.replace(b"i=4096", b"i=4095"), FIRST.replace(b"i=4096", b"i=600001"),
        FIRST.replace(b"i=4096", b"i=4294967295"), FIRST.replace(b"i=4096", b"i=" + b"9" * 5000),
    ],
)  # fmt: skip
def test_a_first_answer_that_no_honest_server_gives(first: bytes) -> None:
    client = scram("user", "pencil", DIGEST, NONCE)
    next(client)
    client.send(b"")
    began = time.monotonic()
    with pytest.raises(Untrusted) as raised:
        client.send(first)
    assert time.monotonic() - began < 0.5
    assert "pencil" not in f"{raised.value.what}{raised.value.hint}{raised.value.detail}"


@pytest.mark.parametrize(
    "final",
    [b"", b"v=", b"\xff", b"v=" + base64.b64encode(b"x" * 32), b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", b"v=%"],
)
def test_a_server_that_does_not_know_the_password(final: bytes) -> None:
    client = scram("user", "pencil", DIGEST, NONCE)
    next(client)
    client.send(b"")
    client.send(FIRST)
    with pytest.raises(Untrusted):
        client.send(final)


def test_a_refusal_inside_the_exchange() -> None:
    """The server's no follows; a yes behind it proves nothing."""
    client = scram("user", "wrong", DIGEST, NONCE)
    next(client)
    client.send(b"")
    client.send(FIRST)
    assert client.send(b"e=invalid-proof") == b""
    with pytest.raises(Untrusted):
        client.send(b"")


def test_the_most_rounds_are_done_within_a_second_or_so() -> None:
    client = scram("user", "pencil", DIGEST, NONCE)
    next(client)
    client.send(b"")
    began = time.process_time()
    client.send(FIRST.replace(b"i=4096", b"i=%d" % MOST_ROUNDS))
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("text", "prepared"),
    [
        ("I\u00adX", "IX"), ("user", "user"), ("USER", "USER"), ("\u00aa", "a"), ("\u2168", "IX"),
        ("a\u00a0b", "a b"), ("", ""), ("\u0627\u0628", "\u0627\u0628"),
    ],
)  # fmt: skip
def test_saslprep_as_in_rfc_4013(text: str, prepared: str) -> None:
    assert saslprep(text) == prepared


@pytest.mark.parametrize("text", ["\u0007", "\u06271", "\ue000", "\ufffd", "\u0221", "a\u0627"])
def test_what_saslprep_forbids(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        saslprep(text)


@given(st.text(max_size=40))
def test_any_password_can_be_used(password: str) -> None:
    """Servers take an emoji, though SASLprep's tables of 2002 do not know it."""
    client = scram("user", password.encode("utf-8", "ignore").decode(), DIGEST, NONCE)
    next(client)
    client.send(b"")
    assert b",p=" in client.send(FIRST)
