"""Values into columns and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.error import BadInput, StoreBroken
from tui.model.message import Address, Envelope
from tui.store import codec

text = st.text(st.characters())  # lone surrogates too
addresses = st.lists(st.builds(Address, st.none() | text, text), max_size=3).map(tuple)


@given(st.binary(max_size=2_000))
def test_bytes_come_back(data: bytes) -> None:
    assert codec.unpack(*codec.pack(data)) == data


def test_no_flipped_bit_gives_other_bytes() -> None:
    data = b"Subject: all of this text matters\r\n" * 50
    kind, packed = codec.pack(data)
    noticed = 0
    for place in range(len(packed) * 8):
        damaged = bytearray(packed)
        damaged[place // 8] ^= 1 << place % 8
        try:
            assert codec.unpack(kind, bytes(damaged)) == data  # a bit that says nothing
        except StoreBroken as error:
            assert "damaged" in error.what
            noticed += 1
    assert noticed > len(packed) * 7


def test_a_codec_of_the_future() -> None:
    with pytest.raises(StoreBroken, match="newer version"):
        codec.unpack(9, b"")


@given(
    st.builds(
        Envelope,
        message_id=text,
        in_reply_to=text,
        references=st.lists(text, max_size=3).map(tuple),
        date=st.none() | st.integers(),
        date_offset=st.none() | st.integers(-1_000, 1_000),
        subject=text,
        sender=addresses,
        reply_to=addresses,
        to=addresses,
        cc=addresses,
        bcc=addresses,
    )
)
def test_envelopes_come_back_whatever_is_in_them(envelope: Envelope) -> None:
    stored = codec.envelope_text(envelope)
    assert stored.isascii()
    assert codec.envelope_of(stored) == envelope


@given(st.frozensets(st.text(st.characters(categories=["Ll", "Nd"]), min_size=1)))
def test_tags_come_back(tags: frozenset[str]) -> None:
    assert codec.tags_of(codec.tags_text(tags)) == tags


@pytest.mark.parametrize("tag", ["", "two words", "tab\t", "(x)", "a\\b", '"', "ü", "%", "*", "x" * 101])
def test_tags_that_no_server_could_keep(tag: str) -> None:
    with pytest.raises(BadInput):
        codec.checked_tags(frozenset({tag}))


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("Re: Invoice", "invoice"),
        ("AW: WG:  Re[2]: Invoice", "invoice"),
        ("Fwd:Invoice  of\tMay", "invoice of may"),
        ("Invoice re: May", "invoice re: may"),
        ("Regards: x", "regards: x"),
        ("", ""),
        ("Re:", ""),
    ],
)
def test_base_subjects(subject: str, base: str) -> None:
    assert codec.base_subject(subject) == base


@given(text)
def test_storable_text_is_valid(value: str) -> None:
    assert codec.storable(value).encode().decode() == codec.storable(value)
