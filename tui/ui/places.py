"""What the list can show (one folder, the inboxes of all accounts), and how folders are named and ordered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tui.model.account import Protocol
from tui.model.event import AccountStatus
from tui.model.folder import Folder, Role
from tui.model.safe_text import safe_line
from tui.ui.words import DOTS

ROLE_NAMES: dict[Role, str] = {
    Role.INBOX: "Inbox",
    Role.DRAFTS: "Drafts",
    Role.SENT: "Sent",
    Role.ARCHIVE: "Archive",
    Role.JUNK: "Junk",
    Role.TRASH: "Deleted",
    Role.ALL: "All mail",
    Role.FLAGGED: "Flagged",
}

ROLE_MARKS: dict[Role, str] = {
    Role.INBOX: "⊔",
    Role.DRAFTS: "✎",
    Role.SENT: "↗",
    Role.ARCHIVE: "≡",
    Role.JUNK: "⊘",
    Role.TRASH: "⊗",
    Role.ALL: "∗",
    Role.FLAGGED: "⚑",
}

_QUIET = {Role.JUNK, Role.TRASH, Role.SENT, Role.ARCHIVE, Role.ALL}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the list is: a folder by its store id, or with `folder` 0 all inboxes."""

    folder: int = 0
    role: Role = Role.INBOX
    account: str = ""
    title: str = "All inboxes"

    @property
    def outgoing(self) -> bool:
        """Whether recipients say more here than senders."""
        return self.role in {Role.SENT, Role.DRAFTS}


ALL_INBOXES = Place()


@dataclass(frozen=True, slots=True)
class Node:
    """One line of the folder tree. `kind` is all, account, folder, outbox or group; `key` names it for good.

    `count` stands at the right, `loud` when it is unread mail that waits. `tone` is the mark's.
    """

    kind: str
    key: str
    label: str
    depth: int = 0
    count: int = 0
    loud: bool = False
    mark: str = " "
    tone: str = "dim"
    place: Place | None = None
    folded: bool | None = None
    note: str = ""


def place_of(folder: Folder) -> Place:
    """The place that shows a folder."""
    return Place(folder.id, folder.role, folder.account, folder_title(folder))


def folder_title(folder: Folder) -> str:
    """A folder's name as people know it: the word of its role, else the last level of its name; made safe."""
    return ROLE_NAMES.get(folder.role) or safe_line(folder.name.rpartition("/")[2] or folder.name, 100)


def plant(
    accounts: Sequence[tuple[str, Protocol]],
    folders: Sequence[Folder],
    states: Mapping[str, AccountStatus],
    waiting: int,
    folded: Collection[str],
) -> list[Node]:
    """The lines of the folder tree. `waiting` counts mails in the outbox, `folded` holds keys of nodes."""
    nodes: list[Node] = []
    if len(accounts) > 1:
        unread = sum(folder.unread for folder in folders if folder.role is Role.INBOX)
        nodes.append(Node("all", "all", "All inboxes", 0, unread, unread > 0, "⊔", "accent", ALL_INBOXES))
    if waiting:
        nodes.append(Node("outbox", "outbox", "Outbox", 0, waiting, True, "↑", "warn"))
    for address, protocol in accounts:
        if protocol is Protocol.NONE and not any(folder.account == address for folder in folders):
            continue
        nodes += _account(address, folders, states.get(address), folded)
    nodes += _on_this_computer(accounts, folders, folded)
    return nodes


def _account(
    address: str, folders: Sequence[Folder], state: AccountStatus | None, folded: Collection[str]
) -> list[Node]:
    key = f"account:{address}"
    dot, tone = DOTS[state.phase] if state else ("○", "dim")
    closed = key in folded
    own = [folder for folder in folders if folder.account == address and not _is_local_extra(folder)]
    unread = sum(folder.unread for folder in own if folder.role is Role.INBOX) if closed else 0
    heading = Node("account", key, safe_line(address, 100), 0, unread, unread > 0, dot, tone, folded=closed)
    return [heading] if closed else [heading, *_branch(own, folded, 1)]


def _on_this_computer(
    accounts: Sequence[tuple[str, Protocol]], folders: Sequence[Folder], folded: Collection[str]
) -> list[Node]:
    known = {address for address, _ in accounts}
    extra = [folder for folder in folders if _is_local_extra(folder) or folder.account not in known]
    if not extra:
        return []
    closed = "local" in folded
    heading = Node("group", "local", "On this computer", 0, mark="▣", folded=closed)
    return [heading] if closed else [heading, *_branch(extra, folded, 1)]


def _is_local_extra(folder: Folder) -> bool:
    return folder.local and folder.role is Role.NONE


def _branch(folders: Sequence[Folder], folded: Collection[str], base: int) -> list[Node]:
    """Folders with a role first, in the order given; the others as a tree by their names."""
    nodes = [_leaf(folder, base, None) for folder in folders if folder.role is not Role.NONE]
    plain = sorted((folder for folder in folders if folder.role is Role.NONE), key=_tree_order)
    names = {(folder.account, folder.name) for folder in plain}
    closed: list[tuple[str, str]] = []
    for folder in plain:
        if any(folder.account == account and folder.name.startswith(name) for account, name in closed):
            continue
        parents = [
            (folder.account, parent) for parent in _parents(folder.name) if (folder.account, parent) in names
        ]
        below = (folder.account, folder.name + "/")
        has_children = any(account == below[0] and name.startswith(below[1]) for account, name in names)
        is_closed = has_children and f"folder:{folder.id}" in folded
        if is_closed:
            closed.append(below)
        nodes.append(_leaf(folder, base + len(parents), is_closed if has_children else None))
    return nodes


def _tree_order(folder: Folder) -> tuple[str, ...]:
    return (folder.account, *(level.casefold() for level in folder.name.split("/")))


def _parents(name: str) -> list[str]:
    levels = name.split("/")
    return ["/".join(levels[:depth]) for depth in range(1, len(levels))]


def _leaf(folder: Folder, depth: int, folded: bool | None) -> Node:
    drafts = folder.role is Role.DRAFTS
    return Node(
        "folder",
        f"folder:{folder.id}",
        folder_title(folder),
        depth,
        folder.total if drafts else folder.unread,
        bool(folder.unread) and folder.role not in _QUIET and not drafts,
        ROLE_MARKS.get(folder.role, " "),
        "dim",
        place_of(folder) if folder.selectable else None,
        folded,
    )
