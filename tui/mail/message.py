"""A message opened for reading: everything that the screen, `read` and `inspect` show of it."""

from __future__ import annotations

import hashlib
import re

from tui.mail import (
    auth,
    bodies,
    caution,
    charset,
    header,
    html,
    invitation,
    links,
    structure,
    text,
    uuencode,
    words,
)
from tui.mail.bodies import Bodies
from tui.mail.structure import Part
from tui.model.content import Attachment, Content, Invitation, Line, Link
from tui.model.error import NotFound

_META = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9._:-]{1,40})", re.IGNORECASE
)
_BREAK = re.compile(r"\r\n?")
_CALENDAR = ("text/calendar", "application/ics")
_LONGEST_LINKED = 1_000_000
_WRAPPED = "Links are wrapped in Microsoft's Safe Links; their true targets are shown."


def parse(raw: bytes) -> Content:
    """Read a whole message. Never raises; what was wrong with it is said in `warnings`.

    `text` and `html` are decoded but not sanitised, with LF line ends; `paragraphs` and `links` are safe to
    show.
    """
    found = structure.read(raw)
    divided = bodies.divide(found.root)
    fields = found.root.fields()
    envelope = header.envelope_of(fields)
    decoded = tuple((name, words.decode(header.unfold(value))) for name, value in named_fields(found.root))
    shown = _Shown()
    for found_part in _readable(found.root, divided):
        shown.add(found_part)
    source = _joined([decoded_text(part) for part in divided.html if part.type == "text/html"])
    if not shown.rendered and source:
        shown.links_of(source)
    attachments = tuple(map(_attachment, divided.attachments))
    attachments += _embedded(shown.files, len(found.parts))
    results = next((value for name, value in decoded if name.lower() == "authentication-results"), "")
    notes = [*found.defects, *caution.about_sender(envelope, decoded)]
    notes += caution.about_attachments(attachments)
    if any(map(links.mentions_safe_links, (source, *shown.texts))):
        notes.append(_WRAPPED)
    return Content(
        envelope=envelope,
        text=_joined(shown.texts),
        html=source,
        paragraphs=tuple(shown.lines),
        attachments=attachments,
        links=tuple(shown.links),
        tree=structure.tree(found.root),
        auth=auth.results(results),
        invitations=_invitations(found.parts),
        remote_images=shown.pictures,
        warnings=tuple(notes),
        headers=decoded,
        pictures=tuple(map(_attachment, divided.pictures)),
    )


def part(raw: bytes, number: int) -> bytes:
    """The decoded bytes of the part that an Attachment's `part` names. Raises NotFound when there is none."""
    found = structure.read(raw)
    if 0 < number <= len(found.parts):
        return found.parts[number - 1].content()
    files = [
        data
        for plain in _readable(found.root, bodies.divide(found.root))
        if plain.type != "text/html"
        for _, data in uuencode.take_out(decoded_text(plain))[1]
    ]
    if 0 < number - len(found.parts) <= len(files):
        return files[number - len(found.parts) - 1]
    raise NotFound(
        f"The mail has no part {number}.", "The attachments of a mail are numbered as `read` lists them."
    )


def named_fields(root: Part) -> list[tuple[str, bytes]]:
    """The header fields of a part with their names as written, values still folded."""
    return header.split_named(root.source[root.head : root.tail])


def decoded_text(found: Part) -> str:
    """The text of a part, LF line ends, by its charset or what HTML says of itself."""
    data = found.content()
    label = found.charset
    if bodies.shown_as(found) == "text/html" and (not label or not charset.known(label)):
        meta = _META.search(data[:4000])
        label = meta[1].decode("ascii") if meta else label
    decoded = charset.decode(data, label)
    return _BREAK.sub("\n", decoded) if "\r" in decoded else decoded


def _readable(root: Part, divided: Bodies) -> list[Part]:
    """The text parts to show; the HTML when the plain text is empty and the HTML is not; and a message that
    is nothing but some other kind of text."""
    if root in divided.attachments and root.type.startswith("text/") and root.disposition != "attachment":
        return [] if root.type in _CALENDAR else [root]
    plain = [found for found in divided.text if bodies.shown_as(found) in ("text/plain", "text/html")]
    rich = [found for found in divided.html if found.type == "text/html"]
    if rich and rich != plain and not any(decoded_text(found).strip() for found in plain):
        return rich
    return plain


def _joined(pieces: list[str]) -> str:
    out: list[str] = []
    for piece in pieces:
        if out and not out[-1].endswith("\n"):
            out.append("\n")
        out.append(piece)
    return "".join(out)


class _Shown:
    """The text parts of a message put one behind the other."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.lines: list[Line] = []
        self.links: list[Link] = []
        self.pictures = 0
        self.rendered = False
        self.files: list[tuple[str, bytes]] = []

    def add(self, found: Part) -> None:
        """Append one part, each rendered on its own: no markup reaches over from one to the next."""
        source = decoded_text(found)
        if bodies.shown_as(found) == "text/html":
            lines, linked, pictures = html.render(source)
            if self.links:
                lines = tuple(text.relinked(line, len(self.links)) for line in lines)
            self.rendered = True
            self.pictures += pictures
            self.texts.append(text.plain(lines))
        else:
            flowed = found.parameters.get("format", "").lower() == "flowed"
            delsp = flowed and found.parameters.get("delsp", "").lower() == "yes"
            source, files = uuencode.take_out(source)
            self.files += files
            lines, linked = text.paragraphs(source, flowed=flowed, delsp=delsp, before=len(self.links))
            self.texts.append(text.unflowed(source, delsp=True) if delsp else source)
        if self.lines and lines:
            self.lines.append(Line())
        self.lines += lines
        self.links += linked

    def links_of(self, source: str) -> None:
        """Links and pictures of HTML that is there but not shown: a mail is judged by these too."""
        _, linked, pictures = html.render(source[:_LONGEST_LINKED])
        known = {link.url for link in self.links}
        self.links += [link for link in linked if link.warning or link.url not in known]
        self.pictures += pictures


def _attachment(found: Part) -> Attachment:
    data = found.content()
    return Attachment(
        part=found.number,
        filename=found.filename,
        type=found.type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        disposition=found.disposition,
        content_id=found.content_id,
    )


def _embedded(files: list[tuple[str, bytes]], before: int) -> tuple[Attachment, ...]:
    """Attachments for files found in the text; their numbers follow those of the parts."""
    return tuple(
        Attachment(
            part=before + count,
            filename=name,
            type="application/octet-stream",
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            disposition="",
            content_id="",
        )
        for count, (name, data) in enumerate(files, start=1)
    )


def _invitations(parts: tuple[Part, ...]) -> tuple[Invitation, ...]:
    events: list[Invitation] = []
    for found in parts:
        if found.type in _CALENDAR and len(events) < 20:
            events += [event for event in invitation.read(decoded_text(found)) if event not in events]
    return tuple(events)
