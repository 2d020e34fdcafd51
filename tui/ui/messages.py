"""Messages that travel inside the screen and belong to no single widget."""

from __future__ import annotations

from textual.message import Message

from tui.model.event import Event, FoldersChanged, MessagesChanged, StatusChanged

_MERGED = (StatusChanged, FoldersChanged, MessagesChanged)


class Said(Message, bubble=False):
    """A passing note for the app to show wherever it fits."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


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
