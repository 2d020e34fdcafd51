from __future__ import annotations

from binascii import b2a_uu

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import message, uuencode


def written(name: str, data: bytes) -> str:
    lines = [b2a_uu(data[at : at + 45]).decode() for at in range(0, len(data), 45)]
    return f"begin 644 {name}\n{''.join(lines)}`\nend\n"


def test_files_are_taken_out_of_the_text() -> None:
    text = f"before\n{written('a.bin', bytes(range(256)))}between\n{written('b', b'')}after\n"
    left, files = uuencode.take_out(text)
    assert left == "before\n[a.bin]\nbetween\n[b]\nafter\n"
    assert files == [("a.bin", bytes(range(256))), ("b", b"")]


@pytest.mark.parametrize(
    "text", ["begin 644 x\nno code here\nend\n", "begin 644 x\n#86)C\n", "begin again\n", ""]
)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert uuencode.take_out(text) == (text, [])


def test_they_are_attachments_of_a_message() -> None:
    raw = b"Subject: x\n\nsee\n" + written("a.bin", b"\0\1\2").encode()
    content = message.parse(raw)
    assert content.text == "see\n[a.bin]\n"
    assert [(item.filename, item.type, item.size) for item in content.attachments] == [
        ("a.bin", "application/octet-stream", 3)
    ]
    assert message.part(raw, content.attachments[0].part) == b"\0\1\2"


@given(st.binary(), st.text())
def test_what_was_put_in_comes_out(data: bytes, around: str) -> None:
    uuencode.take_out(around)
    assert uuencode.take_out(written("a", data))[1] == [("a", data)]
