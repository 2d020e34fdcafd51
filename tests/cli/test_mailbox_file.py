"""mboxrd: every byte comes back."""

from __future__ import annotations

import mailbox
import re
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.samples import row
from tui.cli.mailbox_file import Mbox, from_line, quoted
from tui.model.error import CannotCreate

LINES = st.sampled_from(
    [b"From me\r\n", b">From me\n", b">>From \r\n", b"From", b"\r\n", b"\n", b"text\r\n", b"\x00\xff\n"]
)


def _unquoted(data: bytes) -> bytes:
    return re.sub(rb"^>(>*From )", rb"\1", data, flags=re.MULTILINE)


@given(st.lists(LINES).map(b"".join))
def test_quoting_can_be_undone(raw: bytes) -> None:
    text = quoted(raw)
    assert _unquoted(text).removesuffix(b"\n").rstrip() == raw.removesuffix(b"\n").rstrip()
    assert not text.startswith(b"From ")
    assert b"\nFrom " not in text
    if raw.endswith(b"\n"):
        assert _unquoted(text) == raw


def test_the_python_library_finds_each_message(tmp_path: Path) -> None:
    messages = [
        b"Subject: 1\r\n\r\nFrom here on\r\n",
        b"Subject: 2\r\n\r\n\r\n",
        b"Subject: 3\r\n\r\n>From\r\n>From x\r\n",
    ]
    target = Mbox(tmp_path / "all.mbox")
    for raw in messages:
        assert target.add(row(), raw)
    target.close()
    with closing(mailbox.mbox(tmp_path / "all.mbox")) as box:
        assert [_unquoted(box.get_bytes(key)) for key in box.iterkeys()] == messages
    assert (tmp_path / "all.mbox").stat().st_mode & 0o777 == 0o600


def test_an_existing_file_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "all.mbox").write_bytes(b"precious")
    with pytest.raises(CannotCreate):
        Mbox(tmp_path / "all.mbox")
    assert (tmp_path / "all.mbox").read_bytes() == b"precious"


def test_the_from_line_is_one_plain_line() -> None:
    assert from_line(row(sender="a b\n@x\u202e.example")) == b"From ab@x.example Thu Jan  1 00:16:40 1970\n"
    assert from_line(row(sender="")).startswith(b"From MAILER-DAEMON ")
