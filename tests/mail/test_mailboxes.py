from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import mailboxes

Pair = tuple[str | None, str]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("billing@contoso.example", [(None, "billing@contoso.example")]),
        ("Billing <billing@contoso.example>", [("Billing", "billing@contoso.example")]),
        ("<billing@contoso.example>", [(None, "billing@contoso.example")]),
        ('"Billing, Inc." <b@c.example>', [("Billing, Inc.", "b@c.example")]),
        ('"Giant; \\"Big\\" Box" <s@e.example>', [('Giant; "Big" Box', "s@e.example")]),
        ("Desk Q. Support <q@e.example>", [("Desk Q. Support", "q@e.example")]),
        ("a@x.example, b@y.example", [(None, "a@x.example"), (None, "b@y.example")]),
        ("a@x.example; b@y.example", [(None, "a@x.example"), (None, "b@y.example")]),
        ("a@x.example,, ,b@y.example,", [(None, "a@x.example"), (None, "b@y.example")]),
        ("b@c.example (Billing Desk)", [("Billing Desk", "b@c.example")]),
        ("Billing <b@c.example> (a comment)", [("Billing", "b@c.example")]),
        ("(before) <b@c.example>", [("before", "b@c.example")]),
        (
            "Pete(A nice \\) chap) <pete(his account)@silly.example(his host)>",
            [("Pete", "pete@silly.example")],
        ),
        ("Group: Ed <e@a.example>, j@b.example;", [("Ed", "e@a.example"), (None, "j@b.example")]),
        ("Undisclosed recipients:;", []),
        ("A: a@x.example; B: b@x.example; c@x.example", [(None, f"{n}@x.example") for n in "abc"]),
        ("Old <@node.example,@other.example:m@e.example>", [("Old", "m@e.example")]),
        ("j@test  . example", [(None, "j@test.example")]),
        ("=?utf-8?q?B=C3=BCro?= <b@c.example>", [("Büro", "b@c.example")]),
        ('"=?utf-8?q?B=C3=BCro?=" <b@c.example>', [("Büro", "b@c.example")]),
        ("=?utf-8?q?A=2C_B?= <b@c.example>, d@e.example", [("A, B", "b@c.example"), (None, "d@e.example")]),
        ("=?utf-8?q?a?= =?utf-8?q?b?= <b@c.example>", [("ab", "b@c.example")]),
        ("Büro <büro@c.example>", [("Büro", "büro@c.example")]),
        ('"two words"@c.example', [(None, '"two words"@c.example')]),
        ("x@[192.0.2.1]", [(None, "x@[192.0.2.1]")]),
        ("root", [(None, "root")]),
        ("Mailer Daemon <>", [("Mailer Daemon", "")]),
        ("Only A Name", [("Only A Name", "")]),
        ("Billing b@c.example", [("Billing", "b@c.example")]),
        ("Billing <b@c.example", [("Billing", "b@c.example")]),
        ("<a@x.example><b@y.example>", [(None, "a@x.example"), (None, "b@y.example")]),
        ("mailto:b@c.example", [(None, "b@c.example")]),
        ('"unclosed <b@c.example>', [("unclosed", "b@c.example")]),
        ("ceo@bank.example <evil@x.example>", [("ceo@bank.example", "evil@x.example")]),
        ("  tab\there  <b@c.example>", [("tab here", "b@c.example")]),
        ("", []),
        (" , ;", []),
    ],
)
def test_address_lists(value: str, expected: list[Pair]) -> None:
    assert [(person.name, person.address) for person in mailboxes.parse(value)] == expected


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from('<>"()[],;:@\\ .=?'))))
def test_never_raises(text: str) -> None:
    for person in mailboxes.parse(text):
        assert person.name != ""
