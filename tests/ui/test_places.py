from __future__ import annotations

from tui.model.account import Protocol
from tui.model.event import AccountStatus, Phase
from tui.model.folder import Folder, Role
from tui.ui.places import ALL_INBOXES, folder_title, plant

ONE, TWO = "you@example.org", "me@example.net"


def folder(id: int, name: str, role: Role = Role.NONE, account: str = ONE, **changes: int | bool) -> Folder:
    given = {"local": False, "selectable": True, "unread": 0, "total": 0} | changes
    return Folder(
        id,
        account,
        name,
        role,
        bool(given["local"]),
        bool(given["selectable"]),
        int(given["unread"]),
        int(given["total"]),
    )


def labels(nodes: list[object]) -> list[str]:
    return [f"{'  ' * node.depth}{node.label}" for node in nodes]  # type: ignore[attr-defined]


def test_roles_come_first_and_the_rest_is_a_tree() -> None:
    folders = [
        folder(1, "INBOX", Role.INBOX, unread=3),
        folder(2, "Deleted Items", Role.TRASH),
        folder(4, "Work/Harbour"),
        folder(3, "Work"),
        folder(5, "apples"),
    ]
    nodes = plant([(ONE, Protocol.IMAP)], folders, {}, 0, ())
    assert labels([*nodes]) == [ONE, "  Inbox", "  Deleted", "  apples", "  Work", "    Harbour"]
    assert nodes[1].count == 3
    assert nodes[1].loud


def test_several_accounts_get_all_inboxes() -> None:
    folders = [folder(1, "INBOX", Role.INBOX, unread=3), folder(2, "INBOX", Role.INBOX, TWO, unread=4)]
    nodes = plant([(ONE, Protocol.IMAP), (TWO, Protocol.POP3)], folders, {}, 0, ())
    assert (nodes[0].label, nodes[0].count, nodes[0].place) == ("All inboxes", 7, ALL_INBOXES)


def test_the_outbox_is_there_when_something_waits() -> None:
    assert [node.kind for node in plant([(ONE, Protocol.IMAP)], [], {}, 2, ())] == ["outbox", "account"]


def test_folding() -> None:
    folders = [
        folder(1, "INBOX", Role.INBOX, unread=3),
        folder(3, "Work"),
        folder(4, "Work/Harbour"),
        folder(5, "Works"),
    ]
    accounts = [(ONE, Protocol.IMAP)]
    assert labels([*plant(accounts, folders, {}, 0, ("folder:3",))]) == [ONE, "  Inbox", "  Work", "  Works"]
    closed = plant(accounts, folders, {}, 0, (f"account:{ONE}",))
    assert [(node.label, node.count) for node in closed] == [(ONE, 3)]


def test_folders_that_left_their_server_and_accounts_that_are_gone_stay_on_this_computer() -> None:
    folders = [
        folder(1, "INBOX", Role.INBOX),
        folder(2, "Removed from server", local=True),
        folder(3, "Old", account=TWO),
    ]
    nodes = plant([(ONE, Protocol.IMAP)], folders, {}, 0, ())
    assert labels([*nodes])[2:] == ["On this computer", "  Old", "  Removed from server"]


def test_the_dot_shows_the_accounts_state() -> None:
    nodes = plant([(ONE, Protocol.IMAP)], [], {ONE: AccountStatus(ONE, Phase.SIGN_IN)}, 0, ())
    assert (nodes[0].mark, nodes[0].tone) == ("▲", "bad")


def test_drafts_count_what_is_there() -> None:
    nodes = plant([(ONE, Protocol.IMAP)], [folder(1, "Drafts", Role.DRAFTS, total=2, unread=1)], {}, 0, ())
    assert (nodes[1].count, nodes[1].loud) == (2, False)


def test_a_folder_that_cannot_be_opened_has_no_place() -> None:
    nodes = plant([(ONE, Protocol.IMAP)], [folder(1, "Shared", selectable=False)], {}, 0, ())
    assert nodes[1].place is None


def test_names_are_made_safe() -> None:
    assert "\x1b" not in folder_title(folder(1, "a\x1b]0;x\x07b"))
    assert folder_title(folder(1, "Work/Harbour")) == "Harbour"
