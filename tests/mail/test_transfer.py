from __future__ import annotations

import base64
import quopri
from binascii import b2a_uu

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import transfer


@pytest.mark.parametrize(
    ("data", "decoded"),
    [
        (b"aGVsbG8=", b"hello"),
        (b"aGVs\r\nbG8=\r\n", b"hello"),
        (b"aGVsbG8", b"hello"),
        (b"aGVsb", b"hel"),
        (b"aG\x00Vsb G8=", b"hello"),
        (b"aGVsbG8h" * 9 + b"!?aGVsbG8=", b"hello!" * 9 + b"hello"),
        (b"aGVsbG8= ignored", b"hello"),
        (b"Not encoded, whatever the header says.", b"Not encoded, whatever the header says."),
        (b"aGVsbG8=aGVsbG8=", b"hellohello"),
        (b"aGVsbG8=\r\n\r\n-- \r\nA list's footer!", b"hello"),
        (b"", b""),
        (b"====", b""),
    ],
)
def test_base64_is_read_as_far_as_it_goes(data: bytes, decoded: bytes) -> None:
    assert transfer.decode(data, "base64") == decoded


@pytest.mark.parametrize(
    ("data", "decoded"),
    [
        (b"gr=C3=BCn", "grün".encode()),
        (b"gr=c3=bcn", "grün".encode()),
        (b"soft=\r\n break", b"soft break"),
        (b"soft= \t\r\nbreak", b"softbreak"),
        (b"blanks at the end   \r\nx", b"blanks at the end\r\nx"),
        (b"=ZZ stays, =", b"=ZZ stays, "),
        (b"old=\rmac", b"oldmac"),
    ],
)
def test_quoted_printable_is_read_as_far_as_it_goes(data: bytes, decoded: bytes) -> None:
    assert transfer.decode(data, "quoted-printable") == decoded


def test_uuencoded_files_are_found_behind_other_text() -> None:
    body = b"see below\nbegin 644 a.txt\n" + b2a_uu(b"hello") + b"`\nend\n"
    assert transfer.decode(body, "x-uuencode") == b"hello"
    assert transfer.decode(b"nothing here", "uuencode") == b"nothing here"


@pytest.mark.parametrize("encoding", ["", "7bit", "8bit", "binary", "x-unknown"])
def test_other_encodings_leave_bytes_alone(encoding: str) -> None:
    assert transfer.decode(b"a=3D\xff", encoding) == b"a=3D\xff"
    assert not transfer.is_encoded(encoding)


@given(st.binary())
def test_what_was_encoded_comes_back(data: bytes) -> None:
    assert transfer.base64(base64.encodebytes(data)) == data
    assert transfer.base64_word(base64.b64encode(data).rstrip(b"=")) == data
    assert transfer.quoted_printable(quopri.encodestring(data, quotetabs=True)) == data


@given(st.binary(), st.sampled_from(sorted(transfer._DECODED)))
def test_never_raises(data: bytes, encoding: str) -> None:
    transfer.decode(data, encoding)
    transfer.decode(b"begin 644 x\n" + data, encoding)
