"""What a server has refused, on the mail screen: looked at, tried again or given up."""

from __future__ import annotations

from textual import work

from tui.model.change_command import DropChanges, RetryChanges
from tui.model.error import MailError
from tui.ui import words
from tui.ui.screens.dialog import Ask
from tui.ui.screens.mail_base import MailBase
from tui.ui.screens.pick import Item, Pick

_DEEDS = {
    "create": "Make the folder",
    "rename": "Rename the folder",
    "remove": "Delete the folder",
    "append": "Put into",
    "flags": "Mark in",
    "copy": "Copy out of",
    "move": "Move out of",
    "expunge": "Delete for good from",
}
_ALL = "all"
_QUESTION = (
    "The server said no to this. It can be told again, or given up: then everything is again as the server "
    "has it. Mail that it would not take stays on this computer either way."
)


class Refusals(MailBase):
    """Shows the changes that were refused; nothing is ever dropped without the person's word."""

    @work(exclusive=True, group="refused")
    async def action_refused(self) -> None:
        """List what was refused, and ask what shall become of it."""
        items = self._refused()
        if not items:
            self.flash("No server has refused anything.")
            return
        title = f"{words.count(len(items), 'change')} that the server refused"
        if len(items) > 1:
            items.insert(0, Item(_ALL, "All of them"))
        taken = await self.app.push_screen_wait(Pick(title, items))
        if not taken:
            return
        answer = await self.app.push_screen_wait(
            Ask("What now?", _QUESTION, [("", "Leave it"), ("t", "Try again"), ("g", "Give it up")])
        )
        if not answer:
            return
        ids = () if taken == _ALL else (int(taken),)
        try:
            done = await self.ask(RetryChanges(ids) if answer == "t" else DropChanges(ids))
        except MailError as error:
            self.tell(error)
            return
        again = "told again" if answer == "t" else "given up"
        self.flash(f"{words.count(done, 'change')} {again}.")

    def _refused(self) -> list[Item]:
        found: list[Item] = []
        for one in self.desk.reader.pending():
            if not one.error:
                continue
            row = self.desk.reader.row(one.message) if one.message else None
            folder = self.desk.reader.folder(one.folder) if one.folder else None
            name = folder.name if folder else row.folder if row else ""
            deed = f"{_DEEDS.get(one.kind, one.kind)} {name}"
            subject = row.envelope.subject if row else ""
            found.append(Item(str(one.id), f"{deed}: {subject}" if subject else deed, one.account, one.error))
        return found
