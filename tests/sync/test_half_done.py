"""Copies of one message that meet in a folder: after a cut each stands for itself, and none is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.rig import Rig, RigMaker, account_on, offline
from tests.servers.dovecot import PLAIN_IMAP, WITHOUT_MOVE, Dovecot
from tests.servers.imap_client import another_moves, client
from tests.servers.proxy import Fault, Proxy
from tests.sync.ledger import on_server
from tests.sync.letters_in import letter
from tui.model.account import Account
from tui.model.command import Archive, Copy
from tui.model.folder import Role
from tui.store.reader import Reader
from tui.store.records import PendingKind
from tui.store.writer import Writer

pytestmark = pytest.mark.dovecot

CAPABILITIES = ["", WITHOUT_MOVE, PLAIN_IMAP]


@pytest.fixture(params=CAPABILITIES)
def server(request: pytest.FixtureRequest, dovecot_with: Callable[[str], Dovecot]) -> Dovecot:
    return dovecot_with(request.param)


@pytest.fixture
def account(server: Dovecot, user: str) -> Iterator[Account]:
    """Over a line on which a server without UIDPLUS does not tell of new UIDs."""
    with Proxy(server.imap) as proxy:
        proxy.fault = Fault(rewrite=server.as_offered)
        yield account_on(server, user, imap=proxy.server(), ca_file="")


def changed_offline(make_rig: RigMaker, account: Account, change: Callable[[Rig, int], None]) -> Rig:
    """One message is here, and has been changed without the network."""
    rig = make_rig(account)
    rig.fetch()
    rig = offline(make_rig, rig)
    change(rig, rig.rows()[0].id)
    rig.engine.close()
    return rig


def begun(rig: Rig, *kinds: PendingKind) -> None:
    """As after a cut: these waiting changes have been begun once, and nobody knows how far they came."""
    with Reader(rig.paths.database) as reader, Writer(rig.paths.database) as writer:
        for one in reader.pending():
            if one.kind in kinds:
                writer.pending_tried(one.id)


def archived(make_rig: RigMaker, account: Account) -> list[bytes | None]:
    rig = make_rig(account)
    for _ in range(2):
        assert rig.fetch().problems == ()
    rows = rig.role(Role.ARCHIVE)
    assert all(row.uid and row.on_server for row in rows)
    return [rig.raw(row.id) for row in rows]


def copied_twice(rig: Rig, message: int) -> None:
    rig.ask(Copy((message,), "Archive"))
    rig.ask(Copy((message,), "Archive"))


def copied_and_moved(rig: Rig, message: int) -> None:
    rig.ask(Copy((message,), "Archive"))
    rig.ask(Archive((message,)))


@pytest.mark.parametrize(
    ("tried", "made"),
    [
        ((), 0),
        ((PendingKind.COPY,), 0),
        ((PendingKind.COPY,), 1),
        ((PendingKind.COPY,), 2),
    ],
)
def test_two_copies_of_one_message_are_two(
    make_rig: RigMaker,
    server: Dovecot,
    user: str,
    account: Account,
    tried: tuple[PendingKind, ...],
    made: int,
) -> None:
    server.deliver(user, letter(1))
    rig = changed_offline(make_rig, account, copied_twice)
    begun(rig, *tried)
    with client(server, user) as other:
        other.select_folder("INBOX")
        for _ in range(made):
            other.copy(other.search(), "Archive")
    assert archived(make_rig, account) == [letter(1)] * 2
    assert on_server(server, user, "Archive") == Counter([letter(1)] * 2)


@pytest.mark.parametrize("tried", [(), (PendingKind.MOVE,), (PendingKind.COPY, PendingKind.MOVE)])
def test_a_copy_is_not_taken_for_the_original_that_is_moved_to_it(
    make_rig: RigMaker, server: Dovecot, user: str, account: Account, tried: tuple[PendingKind, ...]
) -> None:
    server.deliver(user, letter(1))
    rig = changed_offline(make_rig, account, copied_and_moved)
    begun(rig, *tried)
    assert archived(make_rig, account) == [letter(1)] * 2
    assert on_server(server, user, "Archive") == Counter([letter(1)] * 2)
    assert not on_server(server, user, "INBOX")


@pytest.mark.parametrize("unmade", [False, True])
def test_the_original_that_another_program_moves_to_its_copy(
    make_rig: RigMaker, server: Dovecot, user: str, account: Account, unmade: bool
) -> None:
    """Killed after COPY found no original. Where the copy was surely not made, two stand there in the end;
    else nobody can say whether the one there is the copy, one stands for both, and both sides say so."""
    server.deliver(user, letter(1))
    rig = changed_offline(make_rig, account, copied_and_moved)
    another_moves(server, user, "Letter 1", "Archive")
    with Reader(rig.paths.database) as reader, Writer(rig.paths.database) as writer:
        copies = [one.id for one in reader.pending() if one.kind is PendingKind.COPY]
        writer.copies_lost(copies, unmade=unmade)
    found = archived(make_rig, account)
    assert found == [letter(1)] * (2 if unmade else 1)
    assert on_server(server, user, "Archive") == Counter(found)


@pytest.mark.parametrize("tried", [(), (PendingKind.COPY,)])
def test_the_original_has_left_before_the_copy_is_told(
    make_rig: RigMaker, server: Dovecot, user: str, account: Account, tried: tuple[PendingKind, ...]
) -> None:
    server.deliver(user, letter(1))
    rig = changed_offline(make_rig, account, copied_and_moved)
    begun(rig, *tried)
    another_moves(server, user, "Letter 1", "Archive")
    found = archived(make_rig, account)
    assert found == [letter(1)] * len(found) and (tried or len(found) == 2)
    assert on_server(server, user, "Archive") == Counter(found)


def test_what_leaves_the_target_is_not_taken_for_what_arrives(
    make_rig: RigMaker, server: Dovecot, user: str, account: Account
) -> None:
    server.deliver(user, letter(1))
    server.deliver(user, letter(1), "Archive")

    def exchanged(rig: Rig, message: int) -> None:
        (other,) = (row.id for row in rig.role(Role.ARCHIVE))
        with Writer(rig.paths.database) as writer, Reader(rig.paths.database) as reader:
            inbox = reader.folder_role(account.address, Role.INBOX)
            archive = reader.folder_role(account.address, Role.ARCHIVE)
            assert inbox and archive
            writer.move([other], inbox.id)
            writer.move([message], archive.id)

    rig = changed_offline(make_rig, account, exchanged)
    begun(rig, PendingKind.MOVE)
    assert archived(make_rig, account) == [letter(1)]
    assert on_server(server, user, "Archive") == on_server(server, user, "INBOX") == Counter([letter(1)])
