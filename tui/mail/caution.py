"""What a careful reader would notice about a mail, said in plain sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tui.mail import addresses, links, mailboxes
from tui.model.content import Attachment
from tui.model.message import Address, Envelope
from tui.model.safe_text import safe_line

_ADDRESS_IN_NAME = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,100}+@(?:[\w-]{1,63}+\.){1,20}[a-z]{2,63}", re.IGNORECASE
)
_LONGEST_NAME = 1000
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
# File types that Windows, macOS or a Linux desktop run when they are opened.
# fmt: off
_PROGRAMS = frozenset((
    "ade", "adp", "apk", "app", "appimage", "application", "appref-ms", "bat", "cmd", "com", "command", "cpl",
    "desktop", "dll", "dmg", "exe", "gadget", "hta", "inf", "ins", "iso", "jar", "js", "jse", "lnk", "msc",
    "msi", "msp", "mst", "pif", "pkg", "ps1", "psm1", "py", "pyw", "reg", "scf", "scpt", "scr", "sct", "sh",
    "shs", "svg", "url", "vb", "vbe", "vbs", "vhd", "vhdx", "wsc", "wsf", "wsh", "xll",
))
_HARMLESS = frozenset((
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "jpg", "jpeg", "png", "gif", "zip", "csv",
    "mp3", "mp4",
))
# fmt: on


def about_sender(envelope: Envelope, fields: Sequence[tuple[str, str]]) -> list[str]:
    """Sentences on From, Sender and Reply-To. `fields` are all header fields, decoded."""
    notes: list[str] = []
    froms = [value for name, value in fields if name.lower() == "from"]
    if len(froms) > 1:
        notes.append(f"The mail has {len(froms)} From lines; the first is shown.")
    if len(envelope.sender) > 1:
        shown = ", ".join(safe_line(person.address, 80) for person in envelope.sender[:4])
        notes.append(f"The mail names more than one sender: {shown}.")
    if not envelope.sender:
        notes.append("The mail does not say who sent it.")
    for person in envelope.sender[:4]:
        notes += _about_person(person)
    if envelope.sender and any(_CONTROL.search(value) for value in froms):
        notes.append("The sender's name holds control characters, which honest mail never has.")
    senders = [value for name, value in fields if name.lower() == "sender"]
    if len(envelope.sender) > 1 and senders and (real := mailboxes.parse(senders[0])):
        notes.append(f"It was handed in by {safe_line(real[0].address, 100)}.")
    return notes + _about_reply(envelope)


def _about_person(person: Address) -> list[str]:
    notes: list[str] = []
    domain = person.address.rpartition("@")[2]
    named = _ADDRESS_IN_NAME.search((person.name or "")[:_LONGEST_NAME])
    if named and named[0].lower() != person.address.lower():
        notes.append(
            f"The sender's name looks like another address ({safe_line(named[0], 100)}); "
            f"the mail is from {safe_line(person.address, 100)}."
        )
    shown = addresses.domain_shown(domain)
    if links.mixes_scripts(shown):
        notes.append(f"The sender's domain {safe_line(shown, 100)} mixes alphabets to look like another one.")
    return notes


def _about_reply(envelope: Envelope) -> list[str]:
    if not envelope.reply_to or not envelope.sender:
        return []
    own = {links.owner(person.address.rpartition("@")[2]) for person in envelope.sender}
    for person in envelope.reply_to[:4]:
        domain = person.address.rpartition("@")[2]
        if domain and links.owner(domain) not in own:
            return [f"Answers would go to another place than the sender: {safe_line(person.address, 100)}."]
    return []


def about_attachments(attachments: Iterable[Attachment]) -> list[str]:
    """Sentences on attached files that are programs, most of all those that hide it."""
    notes: list[str] = []
    for attachment in attachments:
        pieces = attachment.filename.lower().strip(" .").split(".")
        shown = safe_line(attachment.filename, 120)
        if _DIRECTION.search(attachment.filename):
            notes.append(f"The name of the attachment {shown} turns the writing direction to hide its kind.")
        elif is_program(attachment.filename):
            disguise = pieces[-2].strip() if len(pieces) > 2 else ""
            if disguise in _HARMLESS:
                notes.append(f"The attachment {shown} is a program that pretends to be a {disguise} file.")
            else:
                notes.append(f"The attachment {shown} is a program; it can be saved, not opened here.")
        if len(notes) >= 10:
            break
    return notes


def is_program(filename: str) -> bool:
    """Whether a file of this name would run when it is opened."""
    stem, dot, extension = filename.lower().strip(" .").rpartition(".")
    return bool(dot and stem) and re.sub(r"\W+\Z", "", extension) in _PROGRAMS
