"""Mails made to take a reader down: each is read within its time, and something of it is shown or said."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable

import pytest

from tui.mail import message, scan, text

MIXED = b"Content-Type: multipart/mixed; boundary=b\n\n"
LONG = b"x" * 2_000_000
SECONDS = 2.0


def _in_base64(levels: int) -> bytes:
    raw = b"Subject: core\n\nhello"
    for _ in range(levels):
        raw = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(raw)
    return raw


BOMBS: dict[str, Callable[[], bytes]] = {
    "depth": lambda: b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(10_000)
    ),
    "messages in messages": lambda: b"Content-Type: message/rfc822\n\n" * 10_000,
    "messages in base64": lambda: _in_base64(30),
    "parts": lambda: MIXED + b"--b\n\nx\n" * 100_000 + b"--b--\n",
    "parts without blank lines": lambda: MIXED + b"--b\nX: y\n" * 100_000,
    "boundary": lambda: MIXED.replace(b"=b", b"=" + LONG) + (b"--" + LONG + b"\n\nhi\n") * 3,
    "dashes": lambda: MIXED + b"--b\n\n" + b"--c\n" * 300_000,
    "subject": lambda: b"Subject: " + b"x" * 1_000_000 + b"\n\nx",
    "encoded words": lambda: b"Subject: " + b"=?utf-8?q?=C3=A4?= " * 50_000 + b"\n\nx",
    "words without end": lambda: b"Subject: " + b"=?utf-8?q?" * 100_000 + b"\n\nx",
    "words in no charset": lambda: b"Subject: " + b"".join(b"=?c%d?q?x?=" % n for n in range(50_000)),
    "recipients": lambda: b"To: " + b",".join(b'"A, B" <a%d@x.example>' % n for n in range(20_000)),
    "recipient fields": lambda: b"To: a@x.example\n" * 50_000 + b"\nx",
    "angles": lambda: b"To: " + b"<" * 300_000 + b"\n\nx",
    "quotes": lambda: b'To: <"' + b'"\\"' * 200_000 + b"\n\nx",
    "parentheses": lambda: b"To: " + b"(" * 500_000 + b"\n\nx",
    "routes": lambda: b"To: <@" + b"a,@" * 200_000 + b">\n\nx",
    "references": lambda: b"References: " + b" ".join(b"<%d@x>" % n for n in range(100_000)) + b"\n\nx",
    "fields": lambda: b"".join(b"X-%d: y\n" % n for n in range(100_000)) + b"\nx",
    "garbage lines": lambda: b"Subject: x\n" + b"garbage\n" * 200_000 + b"To: a@b\n\nx",
    "parameters": lambda: b"Content-Type: text/plain; " + b"a*1=b; " * 200_000 + b"\n\nx",
    "blanks in parameters": lambda: b"Content-Type: text/plain; x=" + b" " * 1_000_000 + b"\n\nx",
    "charset idna": lambda: b"Content-Type: text/plain; charset=idna\n\n" + b"a" * 1_000_000,
    "charset punycode": lambda: b"Content-Type: text/plain; charset=punycode\n\n" + b"a-b" * 300_000,
    "charset zlib": lambda: b"Content-Type: text/plain; charset=zlib\n\nx",
    "quotation": lambda: b"\n" + b">" * 100_000 + b" x\n",
    "lines": lambda: b"\n" + b"> > x\n" * 300_000,
    "one line of links": lambda: b"\n" + b"http://x.example/a " * 50_000,
    "blanks": lambda: b"Content-Transfer-Encoding: quoted-printable\n\n" + b" " * 2_000_000 + b"x",
    "marks": lambda: b"\na" + b"\xcc\x81" * 300_000,
    "nulls": lambda: b"\n" + b"\0" * 1_000_000,
    "calendar": lambda: b"Content-Type: text/calendar\n\nBEGIN:VEVENT\nA;" + b"x=y," * 200_000 + b":z\n",
    "comments": lambda: b"Authentication-Results: " + b"(" * 300_000 + b"\n\nx",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_it_is_read_in_time(name: str) -> None:
    raw = BOMBS[name]()
    began = time.process_time()
    content = message.parse(raw)
    text.wrap(content.paragraphs, 80)
    scan.scan(raw)
    assert time.process_time() - began < SECONDS
    assert content.text or content.attachments or content.warnings
