"""`doctor --repair`: a damaged mail store is rebuilt from what can be read of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tui.cli.shell import Shell
from tui.model.error import BadInput, Busy, MailError
from tui.model.safe_text import safe_line
from tui.ui.words import count

if TYPE_CHECKING:
    from tui.model.account import Protocol
    from tui.model.message import NewMessage
    from tui.store.rebuild import Rebuilt
    from tui.store.refill_writing import Lost

_NAMED = 20
_LOST = {
    "message": "1 message;{} messages",
    "text": "the text of 1 message, whose header is here;the texts of {} messages, whose headers are here",
    "draft": "1 draft;{} drafts",
    "attachment": "1 attachment of a draft;{} attachments of drafts",
    "outgoing": "1 mail of the outbox;{} mails of the outbox",
}


def repair(shell: Shell) -> int:
    """Repair the store if it is damaged, and say what became of it; 65 where something was lost."""
    from tui.store.lock import EngineLock
    from tui.store.rebuild import rebuild

    path = shell.paths.database
    with EngineLock(shell.paths.engine_lock) as lock:
        if not lock.held:
            raise Busy("outlook-tui is open.", "Close it, then repair the mail store again.")
        shell.output.progress("reading the mail store")
        found = rebuild(path, _described, _accounts(shell), lambda number: _tell(shell, number))
    if found is None:
        shell.output.record({"repaired": False, "problems": []}, f"Nothing to repair: {path} is sound.")
        return 0
    shell.output.record(_record(found), "\n".join(_sentences(found)))
    return BadInput.exit_code if found.found.lost or found.found.missed else 0


def _described(raw: bytes) -> NewMessage:
    from tui.sync.pop3_download import as_new_message

    return as_new_message(raw, "", scan_later=True)


def _accounts(shell: Shell) -> list[tuple[str, Protocol]]:
    """The accounts of the configuration; none where that cannot be read, which is not in the way here."""
    try:
        return [(one.address, one.incoming) for one in shell.settings.accounts]
    except MailError:
        return []


def _tell(shell: Shell, number: int) -> None:
    shell.output.progress(f"{number:,} messages")


def _record(rebuilt: Rebuilt) -> dict[str, object]:
    found = rebuilt.found
    return {
        "repaired": True,
        "problems": list(rebuilt.problems),
        "messages": found.messages,
        "headers": found.headers,
        "recovered": found.recovered,
        "drafts": found.drafts,
        "outbox": found.outgoing,
        "unsure": found.unsure,
        "changes_dropped": found.changes,
        "missed": found.missed,
        "lost": [{"kind": one.kind, "subject": one.subject or None} for one in found.lost],
        "kept": [str(one) for one in rebuilt.kept],
    }


def _sentences(rebuilt: Rebuilt) -> list[str]:
    found = rebuilt.found
    said = [
        "The mail store was damaged and has been rebuilt.",
        f"Saved: {count(found.messages, 'whole message')}, {found.headers:,} by their headers, "
        f"{count(found.drafts, 'draft')}, {count(found.outgoing, 'mail')} of the outbox.",
    ]
    if found.recovered:
        said.append(f"In the folder Recovered: {count(found.recovered, 'message')} whose place is lost.")
    if found.unsure:
        said.append(
            f"Waiting for your word: {count(found.unsure, 'mail')} of the outbox that may have been sent "
            "already: outlook-tui outbox"
        )
    if found.changes:
        said.append(f"Given up: {count(found.changes, 'change')} that no server had been told.")
    said += _lost(found.lost, found.missed)
    said.append("Nothing was changed on any server; the next outlook-tui sync compares everything with it.")
    said += ["The damaged files are kept:", *(f"  {one}" for one in rebuilt.kept)]
    return said


def _lost(lost: list[Lost], missed: int) -> list[str]:
    """What is gone, with the names that could be read."""
    counts = Counter(one.kind for one in lost)
    kinds = [_counted(_LOST[kind], number) for kind, number in counts.items()]
    if missed:
        kinds.append(_counted("1 message without a name;{} messages without a name", missed))
    if not kinds:
        return ["Nothing was lost."]
    names = [f"  {safe_line(one.subject)}" for one in lost if one.subject]
    more = [f"  and {len(names) - _NAMED} more"] if len(names) > _NAMED else []
    where = (
        "What is still on its server is fetched again."
        if counts.keys() & {"message", "text"} or missed
        else ""
    )
    return [f"Lost: {', '.join(kinds)}. {where}".rstrip(), *names[:_NAMED], *more]


def _counted(words: str, number: int) -> str:
    one, many = words.split(";")
    return one if number == 1 else many.format(number)
