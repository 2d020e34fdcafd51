"""Messages that travel inside the screen and belong to no single widget."""

from __future__ import annotations

from textual.message import Message

from tui.model.event import Event, FoldersChanged, MessagesChanged, StatusChanged
from tui.ui.places import Place

_MERGED = (StatusChanged, FoldersChanged, MessagesChanged)


class Said(Message, bubble=False):
    """A passing note for the app to show wherever it fits."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class GoTo(Message, bubble=False):
    """Close the screens over the mail and show a place of it; told by screens that can be left like that."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place


class EngineSpoke(Message, bubble=False):
    """An event of the engine, on its way to every open screen.

    The app receives it from an engine thread and hands it on, so it must not bubble back up.
    """

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event

    def can_replace(self, message: Message) -> bool:
        """Whether a waiting message says the same, so that progress never floods the queue."""
        return (
            isinstance(message, EngineSpoke)
            and isinstance(self.event, _MERGED)
            and message.event == self.event
        )
