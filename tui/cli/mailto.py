"""mailto: URLs (RFC 6068) as the beginning of a mail. Pure."""

from __future__ import annotations

import re
from urllib.parse import unquote

from tui.model.draft import Draft

_FIELDS = {"to": "to", "cc": "cc", "bcc": "bcc", "subject": "subject"}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST = 100_000


def parse_mailto(url: str, account: str) -> Draft:
    """The draft that a mailto: URL asks for.

    Only recipients, subject and body are taken: a link must not attach files or set other header fields
    (RFC 6068 7). Whatever cannot be understood is left out.
    """
    address, _, query = url[:_LONGEST].removeprefix(url[: len("mailto:")]).partition("?")
    found: dict[str, list[str]] = {"to": [_line(address)] if address else []}
    body = ""
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        field = unquote(name).lower()
        if field == "body":
            body = unquote(value).replace("\r\n", "\n")
        elif field in _FIELDS:
            found.setdefault(_FIELDS[field], []).append(_line(value))
    return Draft(
        account,
        to=", ".join(found["to"]),
        cc=", ".join(found.get("cc", ())),
        bcc=", ".join(found.get("bcc", ())),
        subject=" ".join(found.get("subject", ())),
        body=body,
    )


def _line(value: str) -> str:
    """A decoded value on one line: a line break in it could begin a header field."""
    return _CONTROLS.sub(" ", unquote(value)).strip()
