from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import addresses
from tui.model.message import Address


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("", []),
        ("a@x.example", [(None, "a@x.example")]),
        ("a@x.example, b@x.example;c@x.example\nd@x.example", [(None, f"{n}@x.example") for n in "abcd"]),
        ("a@x.example b@y.example", [(None, "a@x.example"), (None, "b@y.example")]),
        ('"A, B" <a@x.example>; C <b@y.example>', [("A, B", "a@x.example"), ("C", "b@y.example")]),
        ("Desk a@x.example", [("Desk", "a@x.example")]),
        ("<a@x.example>,", [(None, "a@x.example")]),
        ("mailto:a@x.example", [(None, "a@x.example")]),
        ("A@x.example, a@X.example", [(None, "A@x.example")]),
        ("büro@bücher.example", [(None, "büro@bücher.example")]),
        ("x@[192.0.2.1]", [(None, "x@[192.0.2.1]")]),
        ("x@localhost", [(None, "x@localhost")]),
    ],
)  # fmt: skip
def test_typed_lists(text: str, good: list[tuple[str | None, str]]) -> None:
    found, bad = addresses.parse_list(text)
    assert [(person.name, person.address) for person in found] == good
    assert bad == []


WRONG = ["half", "a@", "@x.example", "a@b@c.example", "a b@x.example c", "a@x..example", "a@-x.example"]
WRONG += ["a@x.example>", "a@x_y z", "a@" + "x" * 64 + ".example", "x" * 65 + "@x.example"]
WRONG += ["a\u2028b@x.example", "a@\u202ex.example", "a\x00@x.example", "a\x85b@x.example"]


@pytest.mark.parametrize("text", WRONG)
def test_wrong_entries_are_marked(text: str) -> None:
    found, bad = addresses.parse_list(f"ok@x.example, {text}")
    assert [person.address for person in found] == ["ok@x.example"]
    assert len(bad) == 1


def test_domains_go_out_as_a_labels() -> None:
    assert addresses.wire("büro@Bücher.example") == "büro@xn--bcher-kva.example"
    assert addresses.wire("x@[192.0.2.1]") == "x@[192.0.2.1]"
    assert addresses.wire("nothing") is None
    assert addresses.needs_smtputf8("büro@x.example")
    assert not addresses.needs_smtputf8("buero@bücher.example")
    assert addresses.domain_shown("xn--bcher-kva.example") == "bücher.example"
    assert addresses.domain_shown("xn--\xff.example") == "xn--\xff.example"


@pytest.mark.parametrize(
    ("person", "text"),
    [
        (Address(None, "a@x.example"), "a@x.example"),
        (Address("Desk", "a@x.example"), "Desk <a@x.example>"),
        (Address('Desk, "Main"', "a@x.example"), '"Desk, \\"Main\\"" <a@x.example>'),
        (Address("Büro 2", "a@x.example"), "Büro 2 <a@x.example>"),
    ],
)
def test_what_is_written_is_read(person: Address, text: str) -> None:
    assert addresses.written(person) == text
    assert addresses.parse_list(text) == ([person], [])


@given(st.text())
def test_never_raises_and_good_ones_can_go_out(text: str) -> None:
    found, _ = addresses.parse_list(text)
    for person in found:
        wire = addresses.wire(person.address)
        assert wire is not None
        assert not set(wire) & set("\r\n\0 \u0085\u2028")
