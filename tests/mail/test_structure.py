from __future__ import annotations

import base64
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import structure

MIXED = b"Content-Type: multipart/mixed; boundary=m\n\n"


def shape(raw: bytes) -> Any:
    return structure.tree(structure.read(raw).root)


def leaves(raw: bytes) -> list[bytes]:
    return [part.content() for part in structure.read(raw).parts if not part.children]


@pytest.mark.parametrize(
    ("raw", "tree"),
    [
        (b"", "text/plain"),
        (b"Subject: x\n\nbody", "text/plain"),
        (b"Content-Type: garbage\n\nbody", "text/plain"),
        (b"Content-Type: TEXT/Html\n\nbody", "text/html"),
        (b"Content-Type: text/html\nContent-Type: image/png\n\nbody", "text/html"),
        (MIXED + b"--m\n\none\n--m\n\ntwo\n--m--\n", {"multipart/mixed": ["text/plain", "text/plain"]}),
        (MIXED + b"--m\n\none\n--m\n\ntwo\n", {"multipart/mixed": ["text/plain", "text/plain"]}),
        (MIXED + b"--m \t\n\none\n--m-- \n", {"multipart/mixed": ["text/plain"]}),
        (MIXED + b"--mm\n\none\n--m\n\ntwo\n--m--\n", {"multipart/mixed": ["text/plain"]}),
        (MIXED + b"--m\n--m\n--m\n\nx\n--m--", {"multipart/mixed": ["text/plain"]}),
        (MIXED + b"no delimiter at all", {"multipart/mixed": []}),
        (MIXED + b"--m--\n", {"multipart/mixed": []}),
        (
            MIXED + b"--m\nContent-Type: image/png\n--m\nContent-Type: image/gif\n\n--m--",
            {"multipart/mixed": ["image/png", "image/gif"]},
        ),
        (
            b"Content-Type: multipart/mixed\n\npreamble\n--guess\n\none\n--guess\n\ntwo\n--guess--",
            {"multipart/mixed": ["text/plain", "text/plain"]},
        ),
        (
            b"Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: a\n\nx\n"
            b"--d\nContent-Type: text/plain\n\n--d--",
            {"multipart/digest": [{"message/rfc822": ["text/plain"]}, "text/plain"]},
        ),
        (
            MIXED + b"--m\nContent-Type: multipart/alternative; boundary=a\n\n"
            b"--a\n\nx\n--a\nContent-Type: text/html\n\ny\n--a--\n"
            b"\n--m\nContent-Type: image/png\n\nz\n--m--",
            {"multipart/mixed": [{"multipart/alternative": ["text/plain", "text/html"]}, "image/png"]},
        ),
        (
            MIXED + b"--m\nContent-Type: multipart/related; boundary=never\n\nx\n--m\n\ny\n--m--",
            {"multipart/mixed": [{"multipart/related": []}, "text/plain"]},
        ),
        (
            MIXED
            + b"--m\nContent-Type: multipart/alternative; boundary=a\n\n"
            + b"--a\n\nx\n--m\n\nnot closed above\n--m--",
            {"multipart/mixed": [{"multipart/alternative": ["text/plain"]}, "text/plain"]},
        ),
        (
            MIXED + b"--m\nContent-Type: message/rfc822\n\nFrom a@b\nSubject: x\n\ninner\n--m--",
            {"multipart/mixed": [{"message/rfc822": ["text/plain"]}]},
        ),
        (
            b"Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nSubject: x\n\ny",
            {"message/rfc822": [{"message/rfc822": ["text/plain"]}]},
        ),
        (
            b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
            + base64.encodebytes(b"Content-Type: text/html\n\nx"),
            {"message/rfc822": ["text/html"]},
        ),
        (b"Content-Type: message/delivery-status\n\nStatus: 5.0.0", "message/delivery-status"),
    ],
)
def test_trees(raw: bytes, tree: Any) -> None:
    assert shape(raw) == tree
    if b"From a@b" not in raw:
        assert shape(raw.replace(b"\n", b"\r\n")) == tree


def test_the_line_break_before_a_delimiter_is_not_content() -> None:
    raw = MIXED + b"preamble\n--m\n\none\n\n--m\n\n\n--m\n\n--m--\nepilogue"
    assert leaves(raw) == [b"one\n", b"", b""]
    assert leaves(raw.replace(b"\n", b"\r\n")) == [b"one\r\n", b"", b""]


def test_a_header_never_reaches_over_a_delimiter() -> None:
    assert leaves(MIXED + b"--m\nX: 1\n--m\nX: 2\n\nbody\n--m--") == [b"", b"body"]


def test_the_same_boundary_twice_closes_the_inner_one_first() -> None:
    raw = MIXED + b"--m\nContent-Type: multipart/alternative; boundary=m\n\n--m\n\nx\n--m--\n--m\n\ny\n--m--"
    assert shape(raw) == {"multipart/mixed": [{"multipart/alternative": ["text/plain"]}, "text/plain"]}


def test_names_and_ids() -> None:
    part = structure.read(
        b"Content-Type: image/png; name=b.png\nContent-Disposition: INLINE; filename*=utf-8''%C3%A4.png\n"
        b"Content-ID: <pic@x>\nContent-Transfer-Encoding: BASE64\n\naGk="
    ).root
    assert (part.filename, part.disposition, part.content_id) == ("ä.png", "inline", "pic@x")
    assert part.content() == b"hi"


def test_what_was_repaired_is_said() -> None:
    assert structure.read(b"Content-Type: x\n\n").defects
    assert structure.read(b"Content-Type: multipart/mixed\n\n").defects
    assert structure.read(MIXED + b"--m\n\ncut off").defects
    assert not structure.read(MIXED + b"--m\n\nx\n--m--").defects


def test_limits_are_kept_and_said() -> None:
    wide = structure.read(MIXED + b"--m\n\nx\n" * 20_000 + b"--m--")
    assert len(wide.parts) == structure.MOST_PARTS
    assert "complex" in wide.defects[0]
    deep = structure.read(
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(500))
    )
    assert max(part.level for part in deep.parts) == structure.MOST_LEVELS
    assert "complex" in deep.defects[0]


PIECES = [b"--m", b"--m--", b"--n", b"\n", b"\r\n", b"\r", b"\n\n", b"--", b" ", b"x", b"From "]
FIELDS = [
    b"Content-Type: multipart/mixed; boundary=n",
    b"Content-Type: message/rfc822",
    b"Content-Transfer-Encoding: base64",
    b"Subject: y",
]


@given(st.lists(st.sampled_from(PIECES + FIELDS)))
def test_parts_lie_inside_each_other_in_order(pieces: list[bytes]) -> None:
    found = structure.read(MIXED + b"".join(pieces))
    assert [part.number for part in found.parts] == list(range(1, len(found.parts) + 1))
    for part in found.parts:
        assert 0 <= part.head <= part.tail <= part.start <= part.end <= len(part.source)
        inside = [child for child in part.children if child.source is part.source]
        for child in inside:
            assert part.start <= child.head
            assert child.end <= part.end
        for one, other in itertools.pairwise(inside):
            assert one.end <= other.head
