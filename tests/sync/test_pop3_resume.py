"""POP3 downloads that are cut, and servers that give their messages other UIDLs: nothing lost, none twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.rig import RigMaker, account_on, bodies
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Fault, Proxy
from tests.sync.letters_in import letter
from tests.sync.maildrops import account_at, fetched, maildrop
from tests.sync.test_maildrop import WITHOUT_ID
from tests.sync.test_pop3 import on_server
from tui.model.account import Keep, Protocol, Security
from tui.model.command import Delete
from tui.model.folder import Role

LETTERS = [letter(number) for number in range(12)]
NAMELESS = [WITHOUT_ID + b"one\r\n", WITHOUT_ID + b"two\r\n"]


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("keep", ["leave", "delete"])
@pytest.mark.parametrize("octets", [0, 3, 500, 1_111, 2_500])
def test_what_came_before_a_cut_is_kept(make_rig: RigMaker, octets: int, keep: str, pipelining: bool) -> None:
    with maildrop(*LETTERS) as server:
        if not pipelining:
            server.capa = b"UIDL\r\nTOP\r\nUSER\r\n"
        server.cut_after = octets
        rig = make_rig(account_at(server, keep))
        assert rig.fetch().exit_code == 69
        before = bodies(rig)
        # Commands sent ahead that nobody reads any more make the cut a reset, which also takes what had come.
        whole = 0 if pipelining else octets // (len(LETTERS[0]) + 20)
        assert before.total() >= whole and not before - Counter(LETTERS)
        server.retrieved = 0
        fetched(rig, server)
        assert bodies(rig) == Counter(LETTERS)
        assert server.retrieved == len(LETTERS) - before.total()
        assert len(server.box) == (0 if keep == "delete" else len(LETTERS))


@pytest.mark.parametrize("keep", ["leave", "until-deleted"])
@pytest.mark.parametrize("extra", [0, 5])
def test_other_uidls_for_the_same_messages(make_rig: RigMaker, keep: str, extra: int) -> None:
    letters = [*LETTERS, *NAMELESS]
    with maildrop(*letters) as server:
        rig = make_rig(account_at(server, keep))
        fetched(rig, server)
        server.box = {f"v{number}": raw for number, raw in enumerate(letters)}
        server.retrieved, server.extra = 0, extra
        assert fetched(rig, server).new == 0
        assert bodies(rig) == Counter(letters)
        assert all(row.on_server and row.uidl.startswith("v") for row in rig.all_rows())
        if not extra:
            assert server.retrieved == len(NAMELESS)
        server.retrieved = 0
        assert fetched(rig, server).new == 0 and server.retrieved == 0
        assert len(server.box) == len(letters)


def test_uidls_that_move_on_by_one(make_rig: RigMaker) -> None:
    with maildrop(letter(1, body="one"), letter(2, body="two of them"), letter(3, body="three")) as server:
        rig = make_rig(account_at(server))
        fetched(rig, server)
        letters = list(server.box.values())
        server.box = {f"u{number}": raw for number, raw in enumerate(letters[1:], 1)}
        fetched(rig, server)
        assert bodies(rig) == Counter(letters)


def test_other_uidls_after_a_cut(make_rig: RigMaker) -> None:
    with maildrop(*LETTERS) as server:
        server.cut_after, server.capa = 2_000, b"UIDL\r\nTOP\r\nUSER\r\n"
        rig = make_rig(account_at(server))
        rig.fetch()
        assert bodies(rig)
        server.box = {f"v{number}": raw for number, raw in enumerate(LETTERS)}
        fetched(rig, server)
        assert bodies(rig) == Counter(LETTERS)


def test_what_was_removed_here_does_not_come_back_under_another_uidl(make_rig: RigMaker) -> None:
    with maildrop(*LETTERS[:3]) as server:
        rig = make_rig(account_at(server))
        fetched(rig, server)
        rig.ask(Delete(tuple(row.id for row in rig.rows())))
        rig.ask(Delete(tuple(row.id for row in rig.role(Role.TRASH)), forever=True))
        server.box = {f"v{number}": raw for number, raw in enumerate(LETTERS[:3])}
        assert fetched(rig, server).new == 0
        assert not bodies(rig) and len(server.box) == 3


def test_two_equal_messages_stay_two_and_a_new_one_is_new(make_rig: RigMaker) -> None:
    with maildrop(LETTERS[0], LETTERS[0]) as server:
        rig = make_rig(account_at(server))
        assert fetched(rig, server).new == 2
        server.box["u3"] = LETTERS[0]
        assert fetched(rig, server).new == 1
        assert bodies(rig) == Counter([LETTERS[0]] * 3)


def test_a_repeated_uidl_is_not_told_apart_by_number(make_rig: RigMaker) -> None:
    with maildrop(*LETTERS[:4]) as server:
        server.same_uidl = "x"
        rig = make_rig(account_at(server, "delete"))
        fetched(rig, server)
        server.box = dict(reversed(server.box.items()))
        fetched(rig, server)
        assert not [line for line in server.lines if line.startswith(b"DELE")]
        assert bodies(rig) == Counter(LETTERS[:4])


@pytest.mark.dovecot
@pytest.mark.parametrize("heard", [False, True])
def test_a_cut_at_each_turn_of_a_session_with_headers_and_deletions(
    make_rig: RigMaker, dovecot: Dovecot, user: str, heard: bool
) -> None:
    with Proxy(dovecot.pop3) as proxy:
        account = account_on(dovecot, user, incoming=Protocol.POP3, keep=Keep("delete"), fetch_up_to=10)
        rig = make_rig(replace(account, pop3=proxy.server(Security.STARTTLS, "localhost")))
        given: list[bytes] = []
        for turn in range(3, 24):
            fresh = [letter(2 * turn), letter(2 * turn + 1, body=("y" * 70 + "\n") * 200)]
            for raw in fresh:
                dovecot.deliver(user, raw)
            given += fresh
            proxy.fault = Fault(turn=turn, heard=heard)
            rig.fetch()
            proxy.fault = Fault()
            assert rig.fetch().exit_code == 0
            small = Counter(raw for raw in given if len(raw) < 10_000)
            assert bodies(rig) == small + Counter({None: len(given) - small.total()})
            assert on_server(dovecot, user) == len(given) - small.total()
        assert proxy.cuts > 10
        rig.engine.close(5.0)
        whole = make_rig(replace(account, fetch_up_to=0))
        assert whole.fetch().new == 0
        assert bodies(whole) == Counter(given) and on_server(dovecot, user) == 0
