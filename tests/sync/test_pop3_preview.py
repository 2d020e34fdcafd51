"""Mail larger than the person wants at once: its header first, all of it when it is opened."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.rig import RigMaker, account_on, bodies
from tests.servers.dovecot import Dovecot
from tests.sync.letters_in import letter
from tests.sync.maildrops import account_at, fetched, maildrop
from tests.sync.test_pop3 import on_server
from tui.model.account import Keep, Offline, Protocol
from tui.model.command import Delete, FetchBody, SwitchProtocol
from tui.model.error import Refused
from tui.model.folder import Role
from tui.model.message import BodyState

LARGE = letter(7, body="x" * 60 + ("\n" + "y" * 70) * 300)
NAMELESS = LARGE.replace(b"Message-ID: <letter-7@contoso.example>\r\n", b"")
SMALL = [letter(1), letter(2)]


@pytest.mark.dovecot
@pytest.mark.parametrize("large", [LARGE, NAMELESS])
def test_the_header_first_and_all_of_it_when_opened(
    make_rig: RigMaker, dovecot: Dovecot, user: str, large: bytes
) -> None:
    for one in (*SMALL, large):
        dovecot.deliver(user, one)
    rig = make_rig(account_on(dovecot, user, incoming=Protocol.POP3, keep=Keep("delete"), fetch_up_to=10))
    summary = rig.fetch()
    assert summary.new == 3 and summary.bytes < 10_000
    (row,) = [row for row in rig.rows() if row.body is BodyState.HEADERS]
    assert (row.envelope.subject, row.size, row.on_server) == ("Letter 7", len(large), True)
    assert on_server(dovecot, user) == 1, "what is here only by its header was deleted"
    assert rig.fetch().new == 0 and on_server(dovecot, user) == 1
    rig.ask(FetchBody(row.id))
    assert rig.raw(row.id) == large
    rig.fetch()
    assert on_server(dovecot, user) == 0
    assert bodies(rig) == Counter([*SMALL, large])


@pytest.mark.parametrize("large", [LARGE, NAMELESS])
@pytest.mark.parametrize("keep", ["leave", "delete"])
def test_a_raised_limit_fetches_the_rest(make_rig: RigMaker, large: bytes, keep: str) -> None:
    with maildrop(*SMALL, large) as server:
        account = account_at(server, keep, fetch_up_to=10)
        rig = make_rig(account)
        fetched(rig, server)
        assert bodies(rig) == Counter([*SMALL, None])
        rig.engine.close(5.0)
        server.retrieved = 0
        again = make_rig(replace(account, fetch_up_to=0))
        assert fetched(again, server).new == 0
        assert bodies(again) == Counter([*SMALL, large])
        assert server.retrieved == 1
        assert len(server.box) == (3 if keep == "leave" else 0)


def test_a_server_without_top_has_it_fetched_whole(make_rig: RigMaker) -> None:
    with maildrop(*SMALL, LARGE) as server:
        server.top = False
        rig = make_rig(account_at(server, fetch_up_to=10))
        fetched(rig, server)
        assert bodies(rig) == Counter([*SMALL, LARGE])


@pytest.mark.parametrize("keep", ["delete", "until-deleted", "1d"])
def test_a_header_in_deleted_keeps_its_text_on_the_server(make_rig: RigMaker, keep: str) -> None:
    with maildrop(LARGE) as server:
        rig = make_rig(account_at(server, keep, fetch_up_to=10))
        fetched(rig, server)
        rig.ask(Delete((rig.rows()[0].id,)))
        fetched(rig, server)
        assert list(server.box.values()) == [LARGE]
        (row,) = rig.role(Role.TRASH)
        rig.ask(FetchBody(row.id))
        assert rig.raw(row.id) == LARGE


def test_another_message_under_its_uidl_is_not_taken_for_its_text(make_rig: RigMaker) -> None:
    with maildrop(LARGE) as server:
        rig = make_rig(account_at(server, fetch_up_to=10))
        fetched(rig, server)
        server.box["u1"] = other = letter(8, body="z" * 30_000)
        (stale,) = rig.rows()
        with pytest.raises(Refused):
            rig.ask(FetchBody(stale.id))
        assert fetched(rig, server).new == 1
        with pytest.raises(Refused):
            rig.ask(FetchBody(stale.id))
        assert rig.raw(stale.id) is None
        row = next(row for row in rig.rows() if row.envelope.subject == "Letter 8")
        rig.ask(FetchBody(row.id))
        assert rig.raw(row.id) == other


@pytest.mark.dovecot
def test_a_switch_to_imap_brings_the_text(make_rig: RigMaker, dovecot: Dovecot, user: str) -> None:
    for one in (*SMALL, LARGE):
        dovecot.deliver(user, one)
    account = account_on(dovecot, user, incoming=Protocol.POP3, fetch_up_to=10)
    rig = make_rig(account)
    rig.fetch()
    assert bodies(rig) == Counter([*SMALL, None])
    rig.ask(SwitchProtocol(account.address, Protocol.IMAP))
    assert rig.fetch().new == 0
    assert bodies(rig) == Counter([*SMALL, LARGE])


@pytest.mark.dovecot
def test_headers_of_imap_are_fetched_whole_where_they_fit(
    make_rig: RigMaker, dovecot: Dovecot, user: str
) -> None:
    for one in (*SMALL, LARGE):
        dovecot.deliver(user, one)
    account = account_on(dovecot, user, offline=Offline("headers"), fetch_up_to=10)
    rig = make_rig(account)
    rig.fetch()
    assert bodies(rig) == Counter([None] * 3)
    rig.ask(SwitchProtocol(account.address, Protocol.POP3, force=True))
    assert rig.fetch().new == 0
    assert bodies(rig) == Counter([*SMALL, None])
    (row,) = [row for row in rig.rows() if row.body is BodyState.HEADERS]
    rig.ask(FetchBody(row.id))
    assert bodies(rig) == Counter([*SMALL, LARGE])
