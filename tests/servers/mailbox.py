"""Makes any number of realistic messages for benchmarks: the same ones for the same seed.

    python -m tests.servers.mailbox --count 10000 --kind small --maildir /tmp/mail

`small` messages are 2.6 KB in the mean, mostly text; `real` ones 28 KB, with HTML and attachments, a few of
them large, as in a working mailbox.
"""

from __future__ import annotations

import argparse
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Literal

from tui.demo import mime
from tui.model.message import Flag

Kind = Literal["small", "real"]

OWN = "you@outlook-demo.example"
NEWEST = 1_795_000_000  # November 2026; the dates end here
SPAN = 5 * 365 * 86_400

_COMMON = """
the of and to in a is that for it as was with be by on not he this are or his from at which but have
an had they you were their one all we can her has there been if more when will would who so no out
up into invoice order meeting report delivery account release customer question answer project
budget harbour library workshop window garden letter number please thanks regards monday tuesday
wednesday thursday friday morning evening week month year team office travel ticket price total
amount attached review change problem server search folder message network backup update version
test result plan figures
"""
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvwz" for vowel in "aeio"]
_ACCENTED = ("für", "Grüße", "café", "naïve", "Straße", "señal", "côté", "größer", "übermorgen", "façade")
_ROLES = ("billing", "support", "news", "team", "office", "orders", "alerts", "events", "editors", "desk")
_PLACES = ("contoso", "fabrikam", "northwind", "tailspin", "adatum", "litware", "woodgrove", "proseware")


@dataclass(frozen=True, slots=True)
class Sample:
    """One message: its octets with CRLF line ends, when it was received (Unix seconds), its flags."""

    raw: bytes
    received: int
    flags: Flag


@dataclass(frozen=True, slots=True)
class _Written:
    """What an answer needs of the message it answers."""

    message_id: str
    references: tuple[str, ...]
    subject: str
    sender: str
    text: str


class _Language:
    """Sentences with few frequent and many rare words, as in any language (Zipf's law)."""

    def __init__(self, chance: random.Random) -> None:
        rare = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 5))) for _ in range(12_000)]
        words = [*_COMMON.split(), *_ACCENTED, *rare]
        weights = list(itertools.accumulate(1 / rank for rank in range(3, len(words) + 3)))
        self._chance = chance
        self._sentences = [
            " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(4, 18))).capitalize() + "."
            for _ in range(6_000)
        ]

    def subject(self) -> str:
        words = self._chance.choice(self._sentences).rstrip(".").split()
        return " ".join(words[: self._chance.randint(2, 8)])

    def paragraphs(self, sentences: int) -> list[str]:
        chosen = self._chance.choices(self._sentences, k=sentences)
        return [" ".join(chosen[start : start + 4]) for start in range(0, sentences, 4)]


def messages(count: int, kind: Kind = "small", seed: int = 1) -> Iterator[Sample]:
    """`count` messages, oldest first; a third of them answer one of the thousand before them."""
    chance = random.Random(seed)
    language = _Language(chance)
    recent: list[_Written] = []
    for number in range(count):
        received = NEWEST - SPAN + SPAN * number // count
        original = chance.choice(recent) if recent and chance.random() < 0.33 else None
        written, raw = _message(chance, language, number, received, kind, original)
        if len(recent) < 1000:
            recent.append(written)
        else:
            recent[number % 1000] = written
        yield Sample(raw, received, _flags(chance))


def _flags(chance: random.Random) -> Flag:
    flags = Flag.SEEN if chance.random() < 0.9 else Flag(0)
    if chance.random() < 0.15:
        flags |= Flag.ANSWERED
    if chance.random() < 0.03:
        flags |= Flag.FLAGGED
    return flags


def _message(
    chance: random.Random,
    language: _Language,
    number: int,
    received: int,
    kind: Kind,
    original: _Written | None,
) -> tuple[_Written, bytes]:
    domain = f"{chance.choice(_PLACES)}{chance.randrange(40)}.example"
    role = chance.choice(_ROLES)
    subject = f"Re: {original.subject.removeprefix('Re: ')}" if original else language.subject()
    references = (*original.references[-8:], original.message_id) if original else ()
    message_id = f"<{number}.{chance.getrandbits(64):016x}@{domain}>"
    paragraphs = language.paragraphs(chance.randint(3, 24))
    text = _wrapped(paragraphs) + (_quoted(original) if original else "")
    fields = [
        *_trace(chance, domain, received),
        ("From", f"{role.capitalize()} at {domain.partition('.')[0].capitalize()} <{role}@{domain}>"),
        ("To", f"You <{OWN}>"),
        ("Subject", subject),
        ("Date", formatdate(received - chance.randint(1, 90))),
        ("Message-ID", message_id),
    ]
    if references:
        fields += [("In-Reply-To", references[-1]), ("References", "\r\n ".join(references))]
    if chance.random() < 0.2:
        fields += [
            ("List-Id", f"<{role}.{domain}>"),
            ("List-Unsubscribe", f"<https://{domain}/leave/{number}>"),
        ]
    content = _content(chance, language, text, paragraphs, kind)
    return _Written(message_id, references, subject, role, text), mime.message(fields, content)


def _trace(chance: random.Random, domain: str, received: int) -> list[tuple[str, str]]:
    """The fields that servers on the way leave, about 900 octets of them."""
    when = formatdate(received)
    key = mime.text(f"{chance.getrandbits(1536):0384x}").body.decode()
    signature = "\r\n\t".join(key[start : start + 70] for start in range(0, 340, 70))
    return [
        ("Return-Path", f"<bounces-{chance.getrandbits(32)}@{domain}>"),
        ("Received", f"from mx2.{domain} (198.51.100.{chance.randrange(256)})\r\n\tby mx.example; {when}"),
        ("Received", f"from app.{domain} by mx2.{domain}\r\n\tid {chance.getrandbits(64):016x}; {when}"),
        ("Authentication-Results", f"mx.example; spf=pass; dkim=pass header.d={domain}; dmarc=pass"),
        ("DKIM-Signature", f"v=1; a=rsa-sha256; d={domain}; s=mail;\r\n\tb={signature}"),
    ]


def _wrapped(paragraphs: Sequence[str]) -> str:
    lines = []
    for paragraph in paragraphs:
        line = ""
        for word in paragraph.split(" "):
            if len(line) + len(word) > 74:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines += [line, ""]
    return "\n".join(lines)


def _quoted(original: _Written) -> str:
    lines = original.text.split("\n")[:25]
    return f"\n{original.sender} wrote:\n" + "".join(f"> {line}\n" for line in lines)


def _content(
    chance: random.Random, language: _Language, text: str, paragraphs: Sequence[str], kind: Kind
) -> mime.Part:
    plain = mime.text(text)
    if kind == "small":
        return plain
    body = plain
    if chance.random() < 0.6:
        more = language.paragraphs(chance.randint(10, 120))
        body = mime.multipart("alternative", [plain, mime.text(_page([*paragraphs, *more]), "html")])
    if chance.random() >= 0.155:
        return body
    return mime.multipart("mixed", [body, *(_file(chance) for _ in range(chance.choice((1, 1, 1, 2))))])


def _page(paragraphs: Sequence[str]) -> str:
    """HTML as newsletters have it: more markup than text."""
    rows = "".join(
        '<tr><td style="padding:12px 24px;font-family:Segoe UI,Arial,sans-serif;font-size:15px;'
        f'line-height:22px;color:#323130"><p style="margin:0 0 12px 0">{paragraph}</p>'
        f'<a href="https://click.example/t/{place}?u=8841" style="color:#0a64b4">Read on</a></td></tr>\n'
        for place, paragraph in enumerate(paragraphs)
    )
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><style>.x{color:#000}</style></head><body>\n'
        '<div style="display:none">What is in it</div><img src="https://img.example/top.png" alt="">\n'
        f'<table width="600" cellpadding="0" cellspacing="0">\n{rows}</table>\n'
        '<img src="https://open.example/o.gif" width="1" height="1"></body></html>\n'
    )


def _file(chance: random.Random) -> mime.Part:
    """An attachment of a size as they occur: mostly tens of kilobytes, a few of some megabytes."""
    name, media_type = chance.choice(
        (("figures.csv", "text/csv"), ("invoice.pdf", "application/pdf"), ("picture.png", "image/png"))
    )
    size = min(int(chance.lognormvariate(10.5, 1.2)), 4 << 20)
    return mime.attachment(name, media_type, chance.randbytes(size))


def write_maildir(directory: Path, samples: Iterator[Sample]) -> int:
    """File messages into a new Maildir, with LF line ends as is the custom there; answers how many."""
    for name in ("cur", "new", "tmp"):
        (directory / name).mkdir(parents=True, exist_ok=True)
    letters = {Flag.FLAGGED: "F", Flag.ANSWERED: "R", Flag.SEEN: "S"}
    count = 0
    for count, sample in enumerate(samples, start=1):
        flags = "".join(letter for flag, letter in letters.items() if flag in sample.flags)
        path = directory / "cur" / f"{sample.received}.{count:07}.bench:2,{flags}"
        path.write_bytes(sample.raw.replace(b"\r\n", b"\n"))
    return count


def main() -> None:
    """The command line; see the top of this file."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers.mailbox", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--kind", choices=("small", "real"), default="small")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--maildir", type=Path, required=True)
    given = parser.parse_args()
    count = write_maildir(given.maildir, messages(given.count, given.kind, given.seed))
    print(f"{count} messages in {given.maildir}")


if __name__ == "__main__":
    main()
