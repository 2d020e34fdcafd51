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
from functools import reduce
from importlib.resources import files
from operator import or_

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
    """A letter of a file: what its header says of its making, its fields, text and place in a thread."""

    making: dict[str, str]
    fields: tuple[tuple[str, str], ...]
    text: str
    written: datetime
    message_id: str
    references: tuple[str, ...]

    @property
    def folder(self) -> str:
        return self.making.get("Folder", "INBOX")

    @property
    def received(self) -> datetime:
        return self.written if self.folder in _OWN_WRITING else self.written + timedelta(seconds=4)

    @property
    def flags(self) -> Flag:
        names = self.making.get("Flags", "").upper().split()
        return reduce(or_, (Flag[name] for name in names), Flag(0))


def letters(now: datetime) -> list[Letter]:
    """All sample messages, oldest first; the same bytes for the same `now` (aware)."""
    directory = files("tui.demo") / "letters"
    names = sorted(entry.name for entry in directory.iterdir() if entry.name.endswith(".txt"))
    made = [
        Letter(sketch.folder, sketch.flags, sketch.received.astimezone(now.tzinfo), _raw(sketch, now))
        for name in names
        for sketch in _sketches(name, now)
    ]
    return sorted(made, key=lambda letter: letter.received)


def _source(name: str, now: datetime) -> str:
    return filled((files("tui.demo") / "letters" / name).read_text(encoding="utf-8"), now)


def _sketches(name: str, now: datetime) -> Iterator[_Sketch]:
    chains: dict[str, tuple[str, ...]] = {"": ()}
    for number, source in enumerate(_source(name, now).split("\n%%\n"), start=1):
        head, _, text = source.strip("\n").partition("\n\n")
        lines = [(key, value.strip()) for key, _, value in (line.partition(":") for line in head.split("\n"))]
        making = {key: value for key, value in lines if key in _CONTROL}
        fields = tuple((key, _with_me(key, value)) for key, value in lines if key not in _CONTROL)
        message_id = f"<{name.removesuffix('.txt')}.{number}@{_domain(fields)}>"
        references = chains[making.get("Answers", "")]
        chains[str(number)] = (*references, message_id)
        written = moment(making["When"], making.get("Zone", ""), now)
        yield _Sketch(making, fields, text + "\n", written, message_id, references)


def _domain(fields: tuple[tuple[str, str], ...]) -> str:
    return parseaddr(dict(fields)["From"])[1].partition("@")[2]


def _with_me(name: str, value: str) -> str:
    if name.lower() not in mime.ADDRESS_FIELDS:
        return value
    return ", ".join(ME if item == "me" else item for item in value.split(", "))


def _raw(sketch: _Sketch, now: datetime) -> bytes:
    fields = [*sketch.fields, ("Date", format_datetime(sketch.written)), ("Message-ID", sketch.message_id)]
    if sketch.references:
        fields += [("In-Reply-To", sketch.references[-1]), ("References", " ".join(sketch.references))]
    if sketch.folder not in _OWN_WRITING:
        fields = [*_trace(sketch), *fields]
    return mime.message(fields, _content(sketch, now), sketch.making.get("Charset", ""))


def _trace(sketch: _Sketch) -> Iterator[tuple[str, str]]:
    """What a receiving server adds: where the mail came from, and what it thinks of that (RFC 8601)."""
    domain = _domain(sketch.fields)
    when = format_datetime(sketch.received)
    yield "Received", f"from mail.{domain} by mx.outlook-demo.example with ESMTPS; {when}"
    if not any(name == "Authentication-Results" for name, _ in sketch.fields):
        passed = f"spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain}; dmarc=pass"
        yield "Authentication-Results", f"mx.outlook-demo.example; {passed}"


def _content(sketch: _Sketch, now: datetime) -> mime.Part:
    making = sketch.making
    if lost := making.get("Undeliverable"):
        return report.undeliverable(lost, sketch.text.replace("\n", "\r\n").encode(), sketch.written)
    parts = [_body(sketch, now)]
    if source := making.get("Digest"):
        inner = [_raw(each, now) for each in _sketches(source, now)]
        entities = [mime.Part((("Content-Type", "message/rfc822"),), raw) for raw in inner]
        parts.append(mime.multipart("digest", entities))
    for name in filter(None, making.get("Attach", "").split(", ")):
        made = attachments.make(name, now)
        parts.append(mime.attachment(name, made.media_type, made.data))
    return parts[0] if len(parts) == 1 else mime.multipart("mixed", parts)


def _body(sketch: _Sketch, now: datetime) -> mime.Part:
    """The text in all its forms: plain, HTML with its pictures, and as a calendar would have it."""
    making = sketch.making
    charset, encoding = making.get("Charset", ""), making.get("Encoding", "")
    forms = []
    if sketch.text.strip() or "Html" not in making:
        params = making.get("Params", "")
        fixed = charset or encoding or params
        plain = (
            mime.text(sketch.text, "plain", charset, encoding, params) if fixed else mime.flowed(sketch.text)
        )
        forms.append(plain)
    if page := making.get("Html"):
        html = mime.text(_source(page, now), "html", charset, encoding)
        forms.append(_with_picture(html, making.get("Inline", ""), now))
    if method := making.get("Calendar"):
        calendar = attachments.invitation(now, method).decode().replace("\r\n", "\n")
        forms.append(mime.text(calendar, "calendar", params=f"; method={method}"))
    return forms[0] if len(forms) == 1 else mime.multipart("alternative", forms)


def _with_picture(html: mime.Part, name: str, now: datetime) -> mime.Part:
    if not name:
        return html
    made = attachments.make(name, now)
    picture = mime.attachment(name, made.media_type, made.data, content_id=f"{name}@contoso.example")
    return mime.multipart("related", [html, picture], '; type="text/html"')
