"""A message opened for reading: decoded text, attachments, links, and lines ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag, auto
from typing import Any, NamedTuple

from tui.model.message import Envelope


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not inline text. `size` and `sha256` are of the decoded bytes; `part` is its number.

    `filename` is as the sender wrote it, decoded; `safe_text.safe_filename` makes it a name to save under.
    """

    part: int
    filename: str
    type: str
    size: int
    sha256: str
    disposition: str
    content_id: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the body. `warning` says in plain words why not to trust it, "" when nothing is odd."""

    text: str
    url: str
    warning: str = ""


class Style(IntFlag):
    """How a run of text is drawn; the screen decides what that looks like."""

    BOLD = auto()
    ITALIC = auto()
    UNDERLINE = auto()
    STRIKE = auto()
    CODE = auto()
    HEADING = auto()
    DIM = auto()


PLAIN = Style(0)


class Span(NamedTuple):
    """A run of safe text in one style. `link` is 1-based into `Content.links`, 0 for none."""

    text: str
    style: Style = PLAIN
    link: int = 0


class Line(NamedTuple):
    """A drawn line: spans from left to right, and the depth of quotation (0 = the writer's own words).

    A row of a table has its `cells`, too, from which it is laid out for any width.
    """

    spans: tuple[Span, ...] = ()
    quote: int = 0
    cells: tuple[tuple[Span, ...], ...] = ()

    @property
    def text(self) -> str:
        """The line without styles."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A meeting from a text/calendar part: times are text as the person reads them."""

    method: str
    summary: str
    start: str
    end: str
    location: str
    organizer: str


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that reading, `read` and `inspect` show of one message.

    `paragraphs` are unwrapped lines; `mail.text.wrap` fits them to a width. `remote_images` counts what was
    not loaded. `auth` is the provider's own verdict ({"spf","dkim","dmarc"}) or None. `warnings` are
    sentences for the person. `pictures` are images, sounds and films that stand in the text: RFC 8621 does
    not count them as attachments, but a terminal can only offer to save them.
    """

    envelope: Envelope
    text: str
    html: str
    paragraphs: tuple[Line, ...]
    attachments: tuple[Attachment, ...] = ()
    links: tuple[Link, ...] = ()
    tree: Any = "text/plain"
    auth: dict[str, str] | None = None
    invitations: tuple[Invitation, ...] = ()
    remote_images: int = 0
    warnings: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=())
    pictures: tuple[Attachment, ...] = ()

    @property
    def files(self) -> tuple[Attachment, ...]:
        """All that can be saved: the attachments, and the pictures that stand in the text."""
        return self.attachments + self.pictures
