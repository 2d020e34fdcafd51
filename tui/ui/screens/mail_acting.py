"""The acting part of the mail screen: flags, archive, delete, move, copy, undo."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from textual import work

from tui.model.command import (
    Archive,
    CancelSend,
    Command,
    Copy,
    Delete,
    Move,
    SetFlags,
    Undo,
)
from tui.model.error import MailError
from tui.model.folder import Role
from tui.model.folder_command import CreateFolder
from tui.model.message import Flag
from tui.ui import words
from tui.ui.desk import Desk
from tui.ui.outbox_words import leaving
from tui.ui.places import folder_title
from tui.ui.screens.mail_base import MailBase
from tui.ui.screens.pick import Item, Pick

_LOOKED_AT = 1000
"""Messages of a selection whose flags decide whether a flag is set or taken off."""


class Acting(MailBase):
    """Works on the selection, else on the message under the cursor. Everything but D can be taken back."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._acted = 0.0

    def action_flag(self) -> None:
        """Flag, or take the flag off where all have it."""
        self._toggle(self.listing.chosen(), Flag.FLAGGED, "Flagged", "Took the flag off")

    def action_seen(self) -> None:
        """Mark as read, or as unread where all are read."""
        self._toggle(self._targets(), Flag.SEEN, "Marked as read:", "Marked as unread:")

    def action_archive(self) -> None:
        """Move to the archive."""
        if ids := self._targets():
            self._act(Archive(ids), "Archived")

    def action_delete(self) -> None:
        """Move to Deleted; what lies there already is deleted for good, after asking."""
        if self.place.role is Role.TRASH:
            self.action_delete_forever()
        elif ids := self._targets():
            self._act(Delete(ids), "Deleted")

    @work(exclusive=True, group="dialog")
    async def action_delete_forever(self) -> None:
        """Delete for good, after asking."""
        from tui.ui.screens.dialog import Ask

        ids = self._targets()
        if not ids:
            return
        which = words.count(len(ids), "message")
        text = f"{which} will be gone from this computer and from the server. This cannot be undone."
        choices = [("b", "Back"), ("d", "Delete for good")]
        if await self.app.push_screen_wait(Ask("Delete for good?", text, choices)) == "d":
            self._act(Delete(ids, forever=True), "Deleted for good:", undoable=False)

    @work(exclusive=True, group="dialog")
    async def action_move(self) -> None:
        """Move to another folder, chosen by typing a part of its name."""
        ids = self._targets()
        if folder := await self._pick_folder("Move", ids):
            self._act(Move(ids, folder), "Moved", after=f" to {folder}")

    @work(exclusive=True, group="dialog")
    async def action_copy(self) -> None:
        """Copy to another folder, chosen by typing a part of its name."""
        ids = self._targets()
        if folder := await self._pick_folder("Copy", ids):
            self._act(Copy(ids, folder), "Copied", after=f" to {folder}")

    async def _pick_folder(self, verb: str, ids: Sequence[int]) -> str:
        """The name of a folder for these messages, made where it is new; "" when the person went back."""
        accounts = {row.account for row in self._rows(ids[:_LOOKED_AT])}
        if len(accounts) != 1:
            if accounts:
                self.flash("A folder belongs to one account; select messages of one account only.")
            return ""
        account = accounts.pop()
        folders = [
            one for one in self.desk.reader.folders(account) if one.selectable and one.id != self.place.folder
        ]
        items = [
            Item(one.name, folder_title(one), one.name if one.name != folder_title(one) else "")
            for one in folders
        ]
        title = f"{verb} {words.count(len(ids), 'message')} to"
        taken = await self.app.push_screen_wait(Pick(title, items, new="Create folder"))
        if not taken.startswith("new:"):
            return taken
        name = taken.removeprefix("new:")
        try:
            await self.ask(CreateFolder(account, name))
        except MailError as error:
            self.tell(error)
            return ""
        return name

    @work(exclusive=True, group="undo")
    async def action_undo(self) -> None:
        """Take back what was done last: a change, or the sending of a mail that has not left yet."""
        try:
            mail = leaving(self.desk.reader.outbox(), time.time())
            if mail and mail.created >= int(self._acted):
                await self._take_back(mail.id)
                return
            sentence: str = await self.ask(Undo())
        except MailError as error:
            self.tell(error)
            return
        self.flash(sentence or "There is nothing to undo.")

    async def _take_back(self, outgoing: int) -> None:
        from tui.ui.screens.compose import ComposeScreen

        draft = self.desk.reader.draft(await self.ask(CancelSend(outgoing)))
        self.flash("Not sent; it is a draft again.")
        if draft is not None:
            self.app.push_screen(ComposeScreen(self.desk, draft))

    def _targets(self) -> tuple[int, ...]:
        """What is put away or marked: of a folded conversation all messages of the folder it is listed for.

        While a message is read on its own, that message alone.
        """
        ids = self.listing.chosen()
        if not self._threads or self.searching or self.focused is not self.listing:
            return ids
        heads = [one for one in ids if self._is_folded(one)]
        sizes = self._counts(heads)
        whole: dict[int, None] = {}
        for one in ids:
            whole[one] = None
            if sizes.get(one, 1) > 1:
                whole.update(dict.fromkeys(self._together(one)))
        return tuple(whole)

    def _is_folded(self, message: int) -> bool:
        return message not in self.unfolded and message not in self.listing.children_of

    def _together(self, head: int) -> list[int]:
        """The messages of a conversation that lie in the folder of its head, newest first."""
        rows = self._rows(self.desk.reader.thread(head)[::-1])
        folder = next((row.folder_id for row in rows if row.id == head), 0)
        return [row.id for row in rows if row.folder_id == folder]

    def _toggle(self, ids: tuple[int, ...], flag: Flag, done: str, undone: str) -> None:
        if not ids:
            return
        if all(flag in row.flags for row in self._rows(ids[:_LOOKED_AT])):
            self._act(SetFlags(ids, remove=flag), undone, keep=True)
        else:
            self._act(SetFlags(ids, add=flag), done, keep=True)

    @work(group="act")
    async def _act(
        self, command: Command, done: str, *, after: str = "", undoable: bool = True, keep: bool = False
    ) -> None:
        """Post a command on messages and say what came of it; `keep` leaves them selected."""
        if not keep:
            self.listing.unselect()
        try:
            changed: Any = await self.ask(command)
        except MailError as error:
            self.tell(error)
            return
        if undoable:
            self._acted = time.time()
        number = len(changed) if changed is not None else 0
        undo = " · U undoes" if undoable and number else ""
        self.flash(f"{done} {words.count(number, 'message')}{after}{undo}")
