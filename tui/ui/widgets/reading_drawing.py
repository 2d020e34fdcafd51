"""How an opened message looks: header block, trust, attachments, body; as lines of runs with a tone. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui.model.content import Attachment, Content, Invitation, Line, Span, Style
from tui.model.message import Address, Flag, Row
from tui.model.safe_text import isolated, safe_line
from tui.ui import words
from tui.ui.widgets.cells import cut, fit, stable
from tui.ui.widgets.row_drawing import folder_name

TONES = (
    "text", "strong", "dim", "accent", "good", "warn", "subject", "label", "rule",
    "quote1", "quote2", "quote3", "link", "code", "heading", "file", "button",
)  # fmt: skip

PLAIN = Style(0)
_FOLDED_AFTER = 3
_NARROW = 84
_WIDEST = 100
_MOST_HEADERS = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of safe text, its tone, how it is set, and what a click on it means.

    `target` is `link:3`, `file:1`, `people`, `quotes` or "" for nothing.
    """

    text: str
    tone: str = "text"
    target: str = ""
    style: Style = PLAIN


Drawn = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A message on the reading pane. `content` is None while only its header is here; `waiting` says why.
    `stranger`: nothing came from its sender before, and nobody here has written to them."""

    row: Row
    content: Content | None = None
    waiting: str = ""
    stranger: bool = False


@dataclass(frozen=True, slots=True)
class Folds:
    """What the person has unfolded."""

    quotes: bool = False
    headers: bool = False
    people: bool = False


def draw(page: Page, width: int, folds: Folds, now: float) -> list[Drawn]:
    """All lines of a page for a pane of `width` cells; `now` is Unix seconds."""
    margin = 2 if width > _NARROW else 1
    room = max(8, min(_WIDEST, width - 2 * margin))
    lines: list[Drawn] = [()]
    lines += _head(page, room, folds, now)
    lines += _notes(page, room)
    if page.content is not None:
        lines += _files(listed(page.content), room)
    lines.append((Piece("─" * room, "rule"),))
    lines.append(())
    if folds.headers and page.content is not None:
        lines += _headers(page.content.headers, room)
    if page.content is None:
        lines += _wrapped(safe_line(page.waiting, 800) or "Fetching this message…", room, "dim", most=8)
        lines += _wrapped(safe_line(page.row.snippet, 400), room, "text", before=1)
    else:
        for invitation in page.content.invitations:
            lines += _card(invitation, room)
        lines += list(_body(page.content, room, folds.quotes))
    lines.append(())
    pad = Piece(" " * margin)
    return [(pad, *line) if line else () for line in lines]


def trust(row: Row, content: Content) -> list[tuple[str, str]]:
    """Sentences on who really sent it, each with its tone ("good" or "warn")."""
    found: list[tuple[str, str]] = []
    sender = row.envelope.sender[0] if row.envelope.sender else None
    domain = safe_line(sender.address.rpartition("@")[2], 80) if sender else ""
    who = domain or "the sender"
    verdicts = content.auth or {}
    if verdicts.get("dmarc") == "pass" and domain:
        found.append((f"✓ Confirmed: sent by {domain}", "good"))
    elif failed := [
        name.upper() for name in ("dmarc", "dkim", "spf") if verdicts.get(name) in {"fail", "softfail"}
    ]:
        found.append(
            (
                f"▲ Your provider could not confirm that {who} sent this ({', '.join(failed)})",
                "warn",
            )
        )
    found += [(f"▲ {safe_line(warning, 300)}", "warn") for warning in content.warnings]
    return found


def file_line(attachment: Attachment, width: int) -> str:
    """Name, type and size of an attachment in `width` cells."""
    name = safe_line(attachment.filename, 200) or "without a name"
    facts = f"{safe_line(attachment.type, 60)} · {words.size(attachment.size)}"
    name = cut(stable(name), max(8, width - cell_len(facts) - 2))
    return cut(f"{name}  {facts}", width)


def _head(page: Page, room: int, folds: Folds, now: float) -> Iterator[Drawn]:
    envelope = page.row.envelope
    yield from _wrapped(safe_line(envelope.subject, 500) or "(no subject)", room, "subject", most=4)
    yield ()
    sender = envelope.sender[0] if envelope.sender else Address(None, "")
    name, address = words.person(sender), safe_line(sender.address)
    shown = cut(stable(name), room)
    claimed = safe_line(sender.name or "")
    beside = f"calls itself “{claimed}”" if "@" in claimed and claimed != address else address
    second = "" if beside == name else cut(f"  {stable(beside)}", room - cell_len(shown))
    yield Piece(isolated(shown), "strong"), Piece(second, "dim")
    yield from _recipients("To", envelope.to, room, folds.people)
    if envelope.cc:
        yield from _recipients("Cc", envelope.cc, room, folds.people)
    when = words.long_date(envelope.date if envelope.date is not None else page.row.received, now)
    marks = [word for flag, word in _FLAG_WORDS if flag in page.row.flags]
    if page.row.uidl and not page.row.uid:  # POP3, where mail may be here and there
        marks.append("still on the server" if page.row.on_server else "no longer on the server")
    place = stable(folder_name(page.row.folder))
    yield (Piece(cut(" · ".join([when, place, *marks]), room), "dim"),)


_FLAG_WORDS = ((Flag.FLAGGED, "flagged"), (Flag.ANSWERED, "answered"), (Flag.FORWARDED, "forwarded"))


def _recipients(label: str, people: Sequence[Address], room: int, unfolded: bool) -> Iterator[Drawn]:
    heading = f"{label} "
    if unfolded:
        for index, one in enumerate(people[:500]):
            text = cut(stable(words.mailbox(one)), room - len(heading))
            yield (
                Piece(heading if index == 0 else " " * len(heading), "label"),
                Piece(isolated(text), "text", "people"),
            )
        return
    names = [stable(words.person(one)) for one in people[:12]]
    kept = [names[0]] if names else ["nobody"]
    for name in names[1:]:
        if cell_len(", ".join([*kept, name])) > room - 20:
            break
        kept.append(name)
    text = cut(", ".join(kept), room - len(heading) - (16 if len(people) > len(kept) else 0))
    more = f" and {len(people) - len(kept):,} more" if len(people) > len(kept) else ""
    yield Piece(heading, "label"), Piece(isolated(text), "text", "people"), Piece(more, "accent", "people")


def _notes(page: Page, room: int) -> Iterator[Drawn]:
    if page.content is None:
        return
    for sentence, tone in trust(page.row, page.content):
        yield from _wrapped(sentence, room, tone, most=3)
    if page.stranger:
        yield from _wrapped("◇ First mail from this address", room, "dim")
    if page.content.remote_images:
        pictures = words.count(page.content.remote_images, "remote picture")
        yield from _wrapped(
            f"▨ {pictures} not loaded: loading tells the sender that you read this", room, "dim"
        )


def listed(content: Content) -> list[Attachment]:
    """The attachments worth a row: not the calendar part that stands in the text as a card."""
    cards = bool(content.invitations)
    return [one for one in content.files if not (cards and one.type == "text/calendar" and not one.filename)]


def _files(attachments: Sequence[Attachment], room: int) -> Iterator[Drawn]:
    for attachment in attachments[:50]:
        target = f"file:{attachment.part}"
        yield Piece("▤ ", "accent", target), Piece(file_line(attachment, room - 2), "file", target)
    if len(attachments) > 50:
        yield (Piece(f"  and {len(attachments) - 50:,} more (press a)", "dim"),)


def _headers(headers: Sequence[tuple[str, str]], room: int) -> Iterator[Drawn]:
    for name, value in headers[:_MOST_HEADERS]:
        label = safe_line(name, 60)
        for number, line in enumerate(_wrapped(f"{label}: {safe_line(value, 2000)}", room, "text")):
            text = line[0].text
            if number == 0 and text.startswith(label):
                yield Piece(label, "label"), Piece(text[len(label) :])
            else:
                yield line
    yield (Piece("─" * room, "rule"),)
    yield ()


def _card(invitation: Invitation, room: int) -> Iterator[Drawn]:
    inside = max(4, room - 4)
    title = {"cancel": "Meeting cancelled", "reply": "Answer to an invitation"}.get(
        invitation.method.casefold(), "Invitation"
    )
    yield (Piece(f"╭─ {title} " + "─" * max(0, room - len(title) - 5) + "╮", "accent"),)
    times = safe_line(invitation.start, 80)
    if invitation.end:
        times += f" – {safe_line(invitation.end, 80)}"
    facts = (
        ("", safe_line(invitation.summary, 300)),
        ("When   ", times),
        ("Where  ", safe_line(invitation.location, 200)),
        ("From   ", safe_line(invitation.organizer, 200)),
    )
    for label, value in facts:
        room_for_value = max(4, inside - len(label))
        for number, line in enumerate(_wrapped(value, room_for_value, "text", most=3)):
            text = fit("".join(piece.text for piece in line), room_for_value)
            yield (
                Piece("│ ", "accent"),
                Piece(label if number == 0 else " " * len(label), "label"),
                Piece(text, "text" if label else "strong"),
                Piece(" │", "accent"),
            )
    yield (Piece("╰" + "─" * max(0, room - 2) + "╯", "accent"),)
    yield ()


def _body(content: Content, room: int, unfolded: bool) -> Iterator[Drawn]:
    from tui.mail.text import quotes, wrap

    lines = wrap(tuple(_numbered(line) for line in content.paragraphs), room, cell_len)
    index = 0
    for first, end in () if unfolded else quotes(lines, _FOLDED_AFTER + 2):
        shown = first + _FOLDED_AFTER
        yield from (_set(line) for line in lines[index:shown])
        more = words.count(end - shown, "more quoted line")
        yield (
            Piece("│ ", "quote1"),
            Piece(f"… {more}", "accent", "quotes"),
            Piece(" · z shows", "dim", "quotes"),
        )
        index = end
    yield from (_set(line) for line in lines[index:])


def _numbered(line: Line) -> Line:
    """The line with each link's number behind it, so that it can be named."""
    if not any(span.link for span in line.spans):
        return line
    return line._replace(spans=_counted(line.spans), cells=tuple(map(_counted, line.cells)))


def _counted(plain: Sequence[Span]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for index, span in enumerate(plain):
        spans.append(span)
        following = plain[index + 1].link if index + 1 < len(plain) else 0
        if span.link and following != span.link:
            spans.append(Span(f"[{span.link}]", Style.DIM, span.link))
    return tuple(spans)


def _set(line: Line) -> Drawn:
    bars = tuple(Piece("│ ", f"quote{min(depth, 3)}") for depth in range(1, min(line.quote, 5) + 1))
    tone = f"quote{min(line.quote, 3)}" if line.quote else "text"
    return (*bars, *(_span(span, tone) for span in line.spans))


def _span(span: Span, tone: str) -> Piece:
    target = f"link:{span.link}" if span.link else ""
    if span.link:
        tone = "dim" if Style.DIM in span.style else "link"
    elif Style.HEADING in span.style:
        tone = "heading"
    elif Style.CODE in span.style:
        tone = "code"
    elif Style.DIM in span.style:
        tone = "dim"
    return Piece(stable(span.text), tone, target, span.style)


def _wrapped(text: str, room: int, tone: str, most: int = 40, before: int = 0) -> Iterator[Drawn]:
    """Plain text on as many lines as it needs, at most `most`, with `before` empty lines above."""
    from tui.mail.text import wrap

    if not text:
        return
    yield from [()] * before
    lines = wrap((Line((Span(stable(text)),)),), room, cell_len)
    for index, line in enumerate(lines[:most]):
        last = index == most - 1 < len(lines) - 1
        yield (Piece(cut(line.text, room - 1) + "…" if last else line.text, tone),)
