"""What is odd about a mail before it is sent. Each check is one row of a table and says one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from tui.mail import addresses, caution, links
from tui.model.draft import Draft
from tui.model.message import Address

_MANY = 20
_MANY_IN_ANSWER = 10
_ENCODED = 1.37  # base64 makes four octets of three, and line breaks
_HEADER_ROOM = 10_000
_PROVIDERS = frozenset((
    "outlook.com", "hotmail.com", "live.com", "gmail.com", "googlemail.com", "yahoo.com", "icloud.com",
    "gmx.net", "gmx.de", "web.de", "proton.me", "protonmail.com", "aol.com", "fastmail.com", "mail.com",
    "microsoft.com",
))  # fmt: skip
_ATTACHED = re.compile(
    r"\b(?:attach(?:ed|ment|ments|ing)?|enclosed|angehängt|anhang|anbei|beigefügt|ci-joint|pièces? jointes?"
    r"|adjunt[oa]s?|allegat[oaie]|bijlage|bijgevoegd|bifogad|bifogat|vedlagt|vedhæftet|liitteenä|anexo"
    r"|w załączniku|příloze)\b|附件|添付|첨부",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks need to know beside the draft.

    `own` are the addresses the person may write from; `known` domains of their correspondents; `size_limit`
    octets and `most_recipients` what the server takes, 0 when it did not say.
    """

    own: Collection[str]
    known: Collection[str] = ()
    size_limit: int = 0
    most_recipients: int = 0


Check = Callable[[Draft, list[Address], Facts], str]


def before_sending(draft: Draft, facts: Facts) -> list[str]:
    """Sentences on what is odd, [] when nothing is. Addresses that cannot be used are `build`'s to refuse."""
    people = [
        person for field in (draft.to, draft.cc, draft.bcc) for person in addresses.parse_list(field)[0]
    ]
    return [sentence for check in CHECKS if (sentence := check(draft, people, facts))]


def _no_subject(draft: Draft, people: list[Address], facts: Facts) -> str:
    return "" if draft.subject.strip() else "The mail has no subject."


def _no_text(draft: Draft, people: list[Address], facts: Facts) -> str:
    return "" if draft.body.strip() or draft.files else "The mail is empty."


def _no_file(draft: Draft, people: list[Address], facts: Facts) -> str:
    if draft.files:
        return ""
    own_words = "\n".join(
        line for line in draft.body.split("\n-- \n", 1)[0].splitlines() if not line.startswith(">")
    )
    own_words = own_words.split("---------- Forwarded message", 1)[0]
    found = _ATTACHED.search(draft.subject) or _ATTACHED.search(own_words)
    return f"The text says “{found[0]}”, but no file is attached." if found else ""


def _too_large(draft: Draft, people: list[Address], facts: Facts) -> str:
    size = int(sum(file.size for file in draft.files) * _ENCODED) + len(draft.body.encode("utf-8", "replace"))
    if not facts.size_limit or size + _HEADER_ROOM <= facts.size_limit:
        return ""
    return (
        f"The mail will be about {size / 1_000_000:.1f} MB; "
        f"the server takes at most {facts.size_limit / 1_000_000:.1f} MB."
    )


def _many_recipients(draft: Draft, people: list[Address], facts: Facts) -> str:
    if facts.most_recipients and len(people) > facts.most_recipients:
        return f"The mail has {len(people)} recipients; the server takes at most {facts.most_recipients}."
    if draft.answers == "answered" and len(people) > _MANY_IN_ANSWER:
        return f"This answer goes to {len(people)} people."
    visible = len(addresses.parse_list(draft.to)[0]) + len(addresses.parse_list(draft.cc)[0])
    return f"{visible} people will see each other's addresses." if visible > _MANY else ""


def _look_alike(draft: Draft, people: list[Address], facts: Facts) -> str:
    known = _PROVIDERS | {domain.lower() for domain in facts.known}
    for person in people:
        domain = person.address.rpartition("@")[2].lower()
        if domain in known:
            continue
        if links.mixes_scripts(addresses.domain_shown(domain)):
            return f"The domain {addresses.domain_shown(domain)} mixes alphabets."
        near = next((other for other in sorted(known) if one_slip(domain, other)), "")
        if near:
            return f"{person.address}: is {near} meant?"
    return ""


def _not_owned(draft: Draft, people: list[Address], facts: Facts) -> str:
    found, _ = addresses.parse_list(draft.sender or draft.account)
    mine = {address.lower() for address in facts.own}
    if not found or found[0].address.lower() in mine:
        return ""
    return f"The mail would be from {found[0].address}, which is not one of your addresses."


def _programs(draft: Draft, people: list[Address], facts: Facts) -> str:
    named = next((file.filename for file in draft.files if caution.is_program(file.filename)), "")
    return f"{named} is a program; many servers refuse mail that carries one." if named else ""


def one_slip(one: str, other: str) -> bool:
    """Whether two different words differ by one letter changed, added, left out, or by two swapped."""
    if one == other or abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 5:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


CHECKS: tuple[Check, ...] = (
    _no_subject, _no_text, _no_file, _too_large, _many_recipients, _look_alike, _not_owned, _programs,
)  # fmt: skip
