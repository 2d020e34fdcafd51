"""Folders made, renamed and deleted by the person, and mail taken in from files."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from tui.model.account import Account, Protocol
from tui.model.error import BadInput, NotFound, Refused
from tui.model.folder import Folder, Role
from tui.model.folder_command import CreateFolder, DeleteFolder, Import, RenameFolder
from tui.store.folders import REMOVED_FOLDER
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.context import Context

LONGEST_LEVEL = 200
LONGEST_NAME = 1_000
NEEDED = frozenset({Role.INBOX, Role.DRAFTS, Role.SENT, Role.TRASH})
"""Folders that mail is put into by itself; most servers refuse to delete them, too."""


class Filing:
    """Carries out the commands on folders; used on the `local` thread alone. The store changes at once, a
    server hears of it later."""

    def __init__(self, context: Context, reader: Reader, writer: Writer) -> None:
        self._context = context
        self._reader = reader
        self._writer = writer

    def folder(self, command: CreateFolder | RenameFolder | DeleteFolder) -> int:
        """The command's answer. Raises BadInput for a name that cannot be used, NotFound, Refused."""
        account = self._account(command.account)
        match command:
            case CreateFolder(_, name):
                return self._create(account, name)
            case RenameFolder(_, name, new):
                return self._rename(name, self._changeable(account, name), new)
            case DeleteFolder(_, name):
                return sum(map(self._delete, self._changeable(account, name)))

    def take_in(self, command: Import) -> tuple[list[int], int]:
        """The ids of the mail taken in, 0 where it was here, and the folder it went to."""
        from tui.mail.mailbox_text import same, wire_size
        from tui.sync.writing import kept_message

        folder = self._target(self._account(command.account), command.folder)
        messages = [
            (kept_message(one.raw, one.flags, one.received), wire_size(one.raw)) for one in command.messages
        ]
        return self._writer.add_absent(folder, messages, same, everywhere=command.everywhere), folder

    def _account(self, address: str) -> Account:
        known = self._context.account(address)
        if known is None:
            raise NotFound(f"There is no account {address}.", "outlook-tui account list shows them all.")
        return known

    def _create(self, account: Account, name: str) -> int:
        name = checked_name(name)
        self._refuse_twin(account.address, name)
        return self._writer.make_folder(account.address, name, on_server=account.incoming is Protocol.IMAP)

    def _rename(self, name: str, folders: Sequence[Folder], new: str) -> int:
        """Call `name`, which is the folder or stands above the folders, `new`; answers the first one's id."""
        new = checked_name(new)
        if new.startswith(f"{name}/"):
            raise BadInput("A folder cannot go into itself.", "Choose a name outside of it.")
        renamed = {one: new + one.name[len(name) :] for one in folders if new != name}
        for one, own in renamed.items():
            self._refuse_twin(one.account, own, but=one.id)
        for one, own in renamed.items():
            self._writer.rename_folder(one.id, own)
        return folders[0].id

    def _delete(self, folder: Folder) -> int:
        inside = f"{folder.name}/"
        needed = [
            one.name
            for one in self._reader.folders(folder.account)
            if one.role in NEEDED and (one.id == folder.id or one.name.startswith(inside))
        ]
        if needed:
            raise Refused(f"{', '.join(needed)} cannot be deleted: mail goes there by itself.")
        return self._writer.remove_folder(folder.id, self._trash(folder))

    def _trash(self, folder: Folder) -> int:
        """Where the messages of a folder that is deleted go; made where there is none and one is needed."""
        found = self._reader.folder_role(folder.account, Role.TRASH)
        inside = f"{folder.name}/"
        if found is not None:
            return found.id
        holds = any(
            one.total and (one.id == folder.id or one.name.startswith(inside))
            for one in self._reader.folders(folder.account)
        )
        if not holds:
            return 0
        on_server = self._account(folder.account).incoming is Protocol.IMAP
        return self._writer.make_folder(folder.account, "Deleted", Role.TRASH, on_server=on_server)

    def _changeable(self, account: Account, name: str) -> list[Folder]:
        """The folder of that name; where only folders inside it are there, the topmost of these."""
        found = self._reader.folder_named(account.address, name)
        folders = [found] if found else self._topmost(account, name)
        if not folders and name.casefold() != "inbox":
            raise NotFound(
                f"{account.address} has no folder {name}.", "outlook-tui folders lists them; names are exact."
            )
        if name.casefold() == "inbox" or (found and found.role is Role.INBOX):
            raise Refused("The inbox stays where it is, and as it is called.")
        if name == REMOVED_FOLDER:
            raise Refused("This folder keeps for 30 days what servers have deleted.")
        return folders

    def _topmost(self, account: Account, name: str) -> list[Folder]:
        inside = [one for one in self._reader.folders(account.address) if one.name.startswith(f"{name}/")]
        names = tuple(f"{one.name}/" for one in inside)
        return [one for one in inside if not one.name.startswith(names)]

    def _refuse_twin(self, account: str, name: str, but: int = 0) -> None:
        """Many servers, and people, take names for equal that differ in upper and lower case only."""
        for one in self._reader.folders(account):
            if one.name.casefold() == name.casefold() and one.id != but:
                raise Refused(f"There is a folder {one.name} already.", "Choose another name.")

    def _target(self, account: Account, name: str) -> int:
        """The folder to put mail into, made where there is none; the inbox by any spelling."""
        is_inbox = name.casefold() == "inbox"
        found = self._reader.folder_named(account.address, name)
        if found is None and is_inbox:
            found = self._reader.folder_role(account.address, Role.INBOX)
        if found is not None and found.selectable:
            return found.id
        on_server = account.incoming is Protocol.IMAP and name != REMOVED_FOLDER
        if is_inbox:
            return self._writer.make_folder(account.address, "INBOX", Role.INBOX, on_server=on_server)
        return self._writer.make_folder(account.address, checked_name(name), on_server=on_server)


def checked_name(name: str) -> str:
    """A folder's name, levels divided by `/`, without blanks around it. Raises BadInput for one that servers,
    other programs or a terminal could not show or say."""
    name = name.strip()
    levels = name.split("/")
    if any(not level.strip() or level in (".", "..") for level in levels):
        raise BadInput("A folder's name has a word on every level.", "Such as Projects or Projects/2026.")
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in name):
        raise BadInput("A folder's name cannot hold control characters.", "Use letters, digits and blanks.")
    if len(name) > LONGEST_NAME or any(len(level) > LONGEST_LEVEL for level in levels):
        raise BadInput(f"{LONGEST_LEVEL} characters are the most for a folder's name.", "Shorten it.")
    return name
