"""The question what becomes of many messages that vanished from a server's folder at once."""

from __future__ import annotations

from typing import Any

from textual.app import App

from tui.model.command import ConfirmGone, Fetch
from tui.ui.desk import Desk
from tui.ui.places import folder_title
from tui.ui.screens.dialog import Ask
from tui.ui.words import count

_CHOICES = [("k", "Keep"), ("r", "Remove here too")]


async def ask_gone(app: App[Any], desk: Desk, folder: int, messages: int) -> str:
    """Ask, and do what the person says; "later" leaves everything as it is until it is asked again.

    Answers a sentence on what was done, "" for nothing. Raises MailError.
    """
    found = desk.reader.folder(folder)
    name = f"{folder_title(found)} of {found.account}" if found else "a folder"
    text = (
        f"{count(messages, 'message')} vanished from {name} on the server. That may be meant, by another "
        "program for example, or a mistake of the server.\n\n"
        "Keep them on this computer, or remove them here too? What is removed stays 30 days in “Removed from "
        "server”. Esc decides later: until then they stay."
    )
    taken = await app.push_screen_wait(Ask("Many messages are gone from the server", text, _CHOICES))
    if not taken:
        return ""
    await desk.ask(ConfirmGone(folder, taken == "r"))
    if found and not desk.engine.offline:
        desk.engine.post(Fetch(found.account))  # nothing is open any more, and the status line says so
    kept = "removed here, too: 30 days in “Removed from server”" if taken == "r" else "kept on this computer"
    return f"{count(messages, 'message')} {kept}."
