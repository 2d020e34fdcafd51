"""Own correspondents."""

from __future__ import annotations

import time

from tests.store.samples import ACCOUNT, Store, message
from tui.model.message import Address, Envelope


def heard(store: Store, folder: str, number: int, sender: Address, *to: Address) -> None:
    envelope = Envelope(sender=(sender,), to=to)
    store.writer.added(store.folder(folder).id, [message(number, envelope=envelope)])


ME = Address("You", ACCOUNT)


def test_those_written_to_come_before_those_who_write_much(store: Store) -> None:
    for number in range(1, 6):
        heard(store, "INBOX", number, Address("Newsletter of the Roofers", "news@roof.example"), ME)
    heard(store, "Sent", 9, ME, Address(None, "roofer@roof.example"))
    assert store.reader.contacts("roof") == [
        Address(None, "roofer@roof.example"),
        Address("Newsletter of the Roofers", "news@roof.example"),
    ]
    assert store.reader.contacts("NEWS") == [Address("Newsletter of the Roofers", "news@roof.example")]
    assert store.reader.contacts("oofer") == []
    assert len(store.reader.contacts("", limit=1)) == 1


def test_signs_of_patterns_are_plain_letters(store: Store) -> None:
    heard(store, "INBOX", 1, Address("100% Wool", "w_ool\\x@shop.example"), ME)
    assert len(store.reader.contacts("100%")) == 1
    assert len(store.reader.contacts("w_ool\\")) == 1
    assert store.reader.contacts("%") == []
    assert store.reader.contacts("w%") == []


def test_junk_and_things_that_are_no_addresses_do_not_count(store: Store) -> None:
    heard(store, "Deleted", 1, Address("Prize", "prize@junk.example"), ME)
    heard(store, "INBOX", 2, Address("Nobody", "nobody"), ME)
    heard(store, "INBOX", 3, Address("Long", "x" * 300 + "@x"), ME)
    assert store.reader.contacts("") == []


def test_recipients_count_when_they_are_written_to(store: Store) -> None:
    fields = {"subject": "", "message_id": "m", "due": int(time.time())}
    store.writer.queue(ACCOUNT, ACCOUNT, ["New@Contoso.example"], b"x", **fields)  # type: ignore[arg-type]
    assert store.reader.contacts("new") == [Address(None, "new@contoso.example")]
