"""Own correspondents."""

from __future__ import annotations

import time

from tests.store.samples import ACCOUNT, FOLDERS, Store, message
from tui.model.account import Protocol
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


def test_the_first_mail_of_somebody_nobody_wrote_to(store: Store) -> None:
    news, billing = Address("News", "News@roof.example"), Address(None, "billing@contoso.example")
    heard(store, "INBOX", 1, news, ME)
    heard(store, "INBOX", 2, billing, ME)
    heard(store, "Sent", 3, Address(None, "alias@example.org"), billing)
    first, second, sent = (
        store.reader.ids(store.folder(name).id)[place]
        for name, place in (("INBOX", 1), ("INBOX", 0), ("Sent", 0))
    )
    assert store.reader.first_mail(first, "news@ROOF.example")
    assert not store.reader.first_mail(second, billing.address), "it was written to"
    assert not store.reader.first_mail(sent, "alias@example.org"), "one's own"
    heard(store, "Archive", 4, news, ME)
    assert not store.reader.first_mail(first, news.address)
    assert not store.reader.first_mail(999, news.address)


def test_who_writes_to_two_accounts_is_still_new_and_who_was_written_to_by_one_is_not(store: Store) -> None:
    other, news = "other@example.org", Address(None, "news@roof.example")
    store.writer.account(other, Protocol.IMAP)
    store.writer.folders(other, FOLDERS)
    theirs = {one.name: one.id for one in store.reader.folders(other)}
    envelope = Envelope(sender=(news,), to=(ME,))
    heard(store, "INBOX", 1, news, ME)
    (message_there,) = store.writer.added(theirs["INBOX"], [message(1, envelope=envelope)])
    assert store.reader.first_mail(message_there, news.address)
    heard(store, "Sent", 2, ME, news)
    assert not store.reader.first_mail(message_there, news.address)
