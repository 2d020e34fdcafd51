"""POP3 servers that reuse, repeat, forget or withhold: nothing is lost, nothing doubled, nobody waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.rig import RigMaker, bodies
from tests.servers.maildrop import Maildrop
from tests.sync.letters_in import letter
from tests.sync.maildrops import account_at, fetched, maildrop
from tui.model.command import Delete
from tui.model.folder import Role

WITHOUT_ID = (
    b"From: Cron <cron@contoso.example>\r\nSubject: Report\r\nDate: Mon, 01 Jun 2026 10:00:00 +0000\r\n\r\n"
)


@pytest.fixture
def dropping() -> Iterator[Callable[..., Maildrop]]:
    with ExitStack() as running:

        def start(*letters: bytes) -> Maildrop:
            return running.enter_context(maildrop(*letters))

        yield start


@pytest.mark.parametrize("keep", ["delete", "leave", "until-deleted"])
def test_a_uidl_used_again_is_a_new_message(
    make_rig: RigMaker, dropping: Callable[..., Maildrop], keep: str
) -> None:
    server = dropping(letter(1), letter(2))
    rig = make_rig(account_at(server, keep))
    fetched(rig, server)
    server.box["u1"] = letter(3, body="quite another text")
    assert fetched(rig, server).new == 1
    fetched(rig, server)
    assert bodies(rig) == Counter([letter(1), letter(2), letter(3, body="quite another text")])
    assert not set(server.deleted) - set(bodies(rig))


def test_a_uidl_used_again_for_what_looks_alike(
    make_rig: RigMaker, dropping: Callable[..., Maildrop]
) -> None:
    server = dropping(WITHOUT_ID + b"one\r\n")
    rig = make_rig(account_at(server, "delete"))
    fetched(rig, server)
    server.box["u1"] = WITHOUT_ID + b"two\r\n"
    fetched(rig, server)
    assert bodies(rig) == Counter([WITHOUT_ID + b"one\r\n", WITHOUT_ID + b"two\r\n"])


@pytest.mark.parametrize("keep", ["delete", "leave"])
def test_a_message_that_is_withheld_holds_up_no_other(
    make_rig: RigMaker, dropping: Callable[..., Maildrop], keep: str
) -> None:
    server = dropping(*map(letter, range(5)))
    server.refused = ["u3"]
    rig = make_rig(account_at(server, keep))
    summary = fetched(rig, server)
    assert (summary.new, summary.exit_code) == (4, 75)
    assert "stays there" in " ".join(summary.problems)
    assert letter(2) in server.box.values()
    server.refused = []
    assert fetched(rig, server).new == 1
    assert bodies(rig) == Counter(map(letter, range(5)))


def test_one_message_of_a_busy_server_holds_up_no_other(
    make_rig: RigMaker, dropping: Callable[..., Maildrop]
) -> None:
    server = dropping(*map(letter, range(5)))
    server.refused, server.refusal = ["u3"], b"-ERR Server Unavailable. 21\r\n"
    rig = make_rig(account_at(server, "leave"))
    assert fetched(rig, server).new == 4


@pytest.mark.parametrize("unlisted", [["u4", "u5"], ["u1", "u2", "u3", "u4", "u5"]])
@pytest.mark.parametrize("keep", ["leave", "until-deleted", "14d"])
def test_what_is_not_listed_for_once_is_not_fetched_twice(
    make_rig: RigMaker, dropping: Callable[..., Maildrop], keep: str, unlisted: list[str]
) -> None:
    server = dropping(*map(letter, range(5)))
    rig = make_rig(account_at(server, keep))
    fetched(rig, server)
    server.unlisted = unlisted
    fetched(rig, server)
    assert sum(not row.on_server for row in rig.all_rows()) == len(unlisted)
    server.unlisted, server.retrieved = [], 0
    assert fetched(rig, server).new == 0
    assert bodies(rig) == Counter(map(letter, range(5)))
    assert all(row.on_server for row in rig.all_rows())
    assert server.retrieved == 0 and len(server.box) == 5


@pytest.mark.parametrize("keep", ["leave", "delete", "until-deleted", "14d"])
@pytest.mark.parametrize("same", ["x", ""])
def test_without_uidls_all_are_fetched_once_and_none_deleted(
    make_rig: RigMaker, dropping: Callable[..., Maildrop], same: str, keep: str
) -> None:
    letters = [WITHOUT_ID + b"one\r\n", WITHOUT_ID + b"two\r\n", letter(3), letter(4)]
    server = dropping(*letters)
    server.uidl, server.same_uidl = bool(same), same
    rig = make_rig(account_at(server, keep))
    summaries = [fetched(rig, server) for _ in range(2)]
    assert [one.new for one in summaries] == [4, 0]
    assert bodies(rig) == Counter(letters)
    assert len(server.box) == 4
    for one in summaries:  # the person is told why the server keeps what it is to delete
        told = "4 messages stay on the server" in " ".join(one.problems)
        assert told is (keep != "leave") and one.exit_code == 0


def test_sizes_that_are_counted_otherwise(make_rig: RigMaker, dropping: Callable[..., Maildrop]) -> None:
    server = dropping(*map(letter, range(3)))
    server.extra = 7
    rig = make_rig(account_at(server, "leave"))
    fetched(rig, server)
    server.retrieved = 0
    assert fetched(rig, server).new == 0
    assert server.retrieved == 0
    assert bodies(rig) == Counter(map(letter, range(3)))


def test_a_deletion_that_was_not_carried_out_is_asked_for_again(
    make_rig: RigMaker, dropping: Callable[..., Maildrop]
) -> None:
    server = dropping(*map(letter, range(3)))
    rig = make_rig(account_at(server, "delete"))
    fetched(rig, server)
    server.box.update({f"u{number + 1}": letter(number) for number in range(3)})
    assert fetched(rig, server).new == 0
    assert server.box == {}
    assert bodies(rig) == Counter(map(letter, range(3)))


@pytest.mark.parametrize("top", [True, False])
def test_what_was_removed_here_does_not_come_back(
    make_rig: RigMaker, dropping: Callable[..., Maildrop], top: bool
) -> None:
    server = dropping(WITHOUT_ID + b"one\r\n", letter(2))
    server.top = top
    rig = make_rig(account_at(server, "until-deleted"))
    fetched(rig, server)
    rig.ask(Delete(tuple(row.id for row in rig.rows())))
    rig.ask(Delete(tuple(row.id for row in rig.role(Role.TRASH)), forever=True))
    assert fetched(rig, server).new == 0
    assert server.box == {} and not bodies(rig)


@pytest.mark.parametrize("keep", ["delete", "until-deleted"])
def test_a_note_in_place_of_a_message_costs_nobody_the_message(
    make_rig: RigMaker, dropping: Callable[..., Maildrop], keep: str
) -> None:
    """Exchange deletes the message itself when its note is deleted."""
    note = letter(1, subject="Retrieval using the POP3 protocol failed for the following message: 7")
    server = dropping(note, letter(2))
    rig = make_rig(account_at(server, keep))
    fetched(rig, server)
    rig.ask(Delete(tuple(row.id for row in rig.rows())))
    for _ in range(2):
        summary = fetched(rig, server)
        assert any("stays there" in one for one in summary.problems) and summary.exit_code == 0
        assert list(server.box.values()) == [note]
    assert bodies(rig) == Counter([note, letter(2)])
