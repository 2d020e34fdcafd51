"""What is asked of the engine about folders and what is put into them; commands as in `model.command`."""

from __future__ import annotations

from dataclasses import dataclass

from tui.model.message import KeptMessage


@dataclass(frozen=True, slots=True)
class CreateFolder:
    """Make a folder; the server of an IMAP account is told. Answers its id.

    Raises BadInput for a name that cannot be used, Refused where there is one of that name.
    """

    account: str
    name: str


@dataclass(frozen=True, slots=True)
class RenameFolder:
    """Call a folder, and with it those inside it, by another name. Answers its id.

    Raises as CreateFolder, and NotFound, and Refused for the inbox.
    """

    account: str
    name: str
    new: str


@dataclass(frozen=True, slots=True)
class DeleteFolder:
    """Delete a folder and those inside it; their messages go to Deleted. Answers how many these are.

    Raises NotFound, and Refused for a folder that is needed.
    """

    account: str
    name: str


@dataclass(frozen=True, slots=True)
class Import:
    """Take in mail that was kept elsewhere, into a folder that is made where there is none of that name; the
    server of an IMAP account is given it.

    What the folder (with `everywhere`: the account) has already is not taken again. Answers the new ids in
    the order of `messages`, 0 for each that was here.
    """

    account: str
    folder: str
    messages: tuple[KeptMessage, ...]
    everywhere: bool = False
