"""The sample mailbox: reads `letters/*.txt` and makes real messages of them, dated relative to now.

A file of letters holds a conversation or a kind of mail. Letters are parted by a line `%%`; each has a
header, an empty line and a text. Header fields named in `_CONTROL` say how the message is made, the rest
are header fields of the message, in Unicode. `me` in an address field is the owner of the mailbox.
`{{day +8}}` and the like in a text become dates (see `placeholders.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, parseaddr
from importlib.resources import files
from itertools import count

from tui.demo import attachments, mime, report
from tui.demo.placeholders import filled, moment
from tui.model.message import Flag

ADDRESS = "you@outlook-demo.example"
NAME = "You"
ME = f"{NAME} <{ADDRESS}>"

# Exchange's names, and some of a person's own; INBOX is there by itself.
FOLDERS = (
    "Drafts",
    "Sent Items",
    "Deleted Items",
    "Junk Email",
    "Archive",
    "Projects",
    "Projects/Website",
    "Newsletters",
    "Reise",
    "Reise/Grüße & Pläne",
)

# What a letter's header may say about its making: where and when it lies (`When: -25m`, `-3h`, `-2d 09:40`
# in `Zone`, default the reader's own), its flags, which letter of the file it answers (counted from 1), how
# its text is written, and what is added to it.
_CONTROL = frozenset(
    {
        "Folder", "When", "Zone", "Flags", "Answers", "Charset", "Encoding", "Params",
        "Html", "Inline", "Calendar", "Attach", "Digest", "Undeliverable",
    }
)  # fmt: skip
_OWN_WRITING = frozenset({"Sent Items", "Drafts"})


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of the sample mailbox and where it lies."""

    folder: str
    flags: Flag
    received: datetime
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Sketch:
    """A letter as it stands in its file: its making, its header fields, its text, its ids."""

    making: dict[str, str]
    fields: tuple[tuple[str, str], ...]
    text: str
    message_id: str
    references: tuple[str, ...]


def letters(now: datetime) -> list[Letter]:
    """All sample messages, oldest first; the same bytes for the same `now` (aware)."""
    directory = files("tui.demo") / "letters"
    names = sorted(entry.name for entry in directory.iterdir() if entry.name.endswith(".txt"))
    made = [_letter(sketch, now) for name in names for sketch in _sketches(name)]
    return sorted(made, key=lambda letter: letter.received)


def _source(name: str) -> str:
    return (files("tui.demo") / "letters" / name).read_text(encoding="utf-8")


def _sketches(name: str) -> Iterator[_Sketch]:
    chains: dict[str, tuple[str, ...]] = {"": ()}
    for number, source in zip(count(1), _source(name).split("\n%%\n")):
        head, _, text = source.strip("\n").partition("\n\n")
        lines = [(key, value.strip()) for key, _, value in (line.partition(":") for line in head.split("\n"))]
        making = {key: value for key, value in lines if key in _CONTROL}
        fields = tuple((key, _with_me(key, value)) for key, value in lines if key not in _CONTROL)
        domain = parseaddr(dict(fields)["From"])[1].partition("@")[2]
        message_id = f"<{name.removesuffix('.txt')}.{number}@{domain}>"
        references = chains[making.get("Answers", "")]
        chains[str(number)] = (*references, message_id)
        yield _Sketch(making, fields, text + "\n", message_id, references)


def _with_me(name: str, value: str) -> str:
    if name.lower() not in mime.ADDRESS_FIELDS:
        return value
    return ", ".join(ME if item == "me" else item for item in value.split(", "))


def _letter(sketch: _Sketch, now: datetime) -> Letter:
    written = moment(sketch.making["When"], sketch.making.get("Zone", ""), now)
    folder = sketch.making.get("Folder", "INBOX")
    received = written if folder in _OWN_WRITING else written + timedelta(seconds=4)
    flags = Flag(0)
    for name in sketch.making.get("Flags", "").split():
        flags |= Flag[name.upper()]
    return Letter(
        folder, flags, received.astimezone(now.tzinfo), _raw(sketch, folder, written, received, now)
    )


def _raw(sketch: _Sketch, folder: str, written: datetime, received: datetime, now: datetime) -> bytes:
    fields = [(name, filled(value, now)) for name, value in sketch.fields]
    domain = parseaddr(dict(sketch.fields)["From"])[1].partition("@")[2]
    if folder not in _OWN_WRITING:
        trace = f"from mail.{domain} by mx.outlook-demo.example with ESMTPS; {format_datetime(received)}"
        fields.insert(0, ("Received", trace))
    fields += [("Date", format_datetime(written)), ("Message-ID", sketch.message_id)]
    if sketch.references:
        fields += [("In-Reply-To", sketch.references[-1]), ("References", " ".join(sketch.references))]
    return mime.message(fields, _content(sketch, now), sketch.making.get("Charset", ""))


def _content(sketch: _Sketch, now: datetime) -> mime.Part:
    making = sketch.making
    if lost := making.get("Undeliverable"):
        return report.undeliverable(lost, filled(sketch.text, now).replace("\n", "\r\n").encode(), now)
    parts = [_body(sketch, now)]
    if source := making.get("Digest"):
        inner = [_raw(each, "", *_times(each, now), now) for each in _sketches(source)]
        entities = [mime.Part((("Content-Type", "message/rfc822"),), raw) for raw in inner]
        parts.append(mime.multipart("digest", entities))
    for name in filter(None, making.get("Attach", "").split(", ")):
        made = attachments.make(name, now)
        parts.append(mime.attachment(name, made.media_type, made.data))
    return parts[0] if len(parts) == 1 else mime.multipart("mixed", parts)


def _times(sketch: _Sketch, now: datetime) -> tuple[datetime, datetime]:
    written = moment(sketch.making["When"], sketch.making.get("Zone", ""), now)
    return written, written


def _body(sketch: _Sketch, now: datetime) -> mime.Part:
    """The text in all its forms: plain, HTML with its pictures, and as a calendar would have it."""
    making = sketch.making
    charset, encoding = making.get("Charset", ""), making.get("Encoding", "")
    forms = []
    if sketch.text.strip() or "Html" not in making:
        forms.append(
            mime.text(filled(sketch.text, now), "plain", charset, encoding, making.get("Params", ""))
        )
    if source := making.get("Html"):
        forms.append(_html(filled(_source(source), now), making.get("Inline", ""), charset, encoding))
    if method := making.get("Calendar"):
        calendar = attachments.invitation(now, method).decode().replace("\r\n", "\n")
        forms.append(mime.text(calendar, "calendar", params=f"; method={method}"))
    return forms[0] if len(forms) == 1 else mime.multipart("alternative", forms)


def _html(source: str, inline: str, charset: str, encoding: str) -> mime.Part:
    page = mime.text(source, "html", charset, encoding)
    if not inline:
        return page
    picture = attachments.make(inline, datetime.min)
    image = mime.attachment(inline, picture.media_type, picture.data, content_id=f"{inline}@contoso.example")
    return mime.multipart("related", [page, image], '; type="text/html"')
