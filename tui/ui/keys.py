"""Every key of the program as data: an id to re-bind it by, the keys, what it does, and a sentence on it.

A key is written as Textual names it or as the character itself; `g i` is a sequence of two keys. Sequences
are not known to Textual (a `Binding("g i")` silently never fires), so the app follows them by `sequences`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from textual.binding import Binding
from textual.keys import KEY_NAME_REPLACEMENTS, format_key

PRESETS = ("default", "vim")
_NEVER = "unbound"
_CAPS = {"pageup": "PgUp", "pagedown": "PgDn", "enter": "Enter", "delete": "Del", "escape": "Esc"}


@dataclass(frozen=True, slots=True)
class Key:
    """One thing a key does. `id` is "scope.name"; `keys` are separated by blanks and commas as in the config.

    `vim` replaces `keys` in the preset of that name. `show` puts it into the hints at the foot of the screen.
    """

    id: str
    keys: str
    action: str
    label: str
    sentence: str
    vim: str = ""
    show: bool = False
    priority: bool = False

    @property
    def scope(self) -> str:
        """The screen or widget it works in."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Keys pressed one after the other (Textual's names) and the action they lead to."""

    scope: str
    keys: tuple[str, ...]
    action: str
    label: str


# Scopes: app is everywhere; list, folders, reading are the three panes of mail; the others are screens.
TABLE: tuple[Key, ...] = (
    Key(
        "app.palette", "ctrl+p", "command_palette", "Commands", "Find any command by its name", priority=True
    ),
    Key("app.help", "?, f1", "help", "Help", "Show the keys and a short tour", show=True),
    Key("app.doctor", "f9", "doctor", "Check-up", "Check this computer and every account, step by step"),
    Key(
        "app.quit",
        "ctrl+q",
        "quit",
        "Quit",
        "Leave the program; what is unsent stays in the outbox",
        priority=True,
    ),
    Key("app.fix", "!, f8", "fix", "Fix", "Sign in again, or put right what else is wrong with an account"),
    Key("mail.compose", "c", "compose", "Write", "Write a new message", show=True),
    Key("mail.reply", "r", "answer('reply')", "Reply", "Answer the sender", show=True),
    Key("mail.reply_all", "R", "answer('reply-all')", "Reply all", "Answer the sender and all recipients"),
    Key("mail.forward", "F", "answer('forward')", "Forward", "Send the message on to somebody else"),
    Key("mail.archive", "e", "archive", "Archive", "Move to the archive", show=True),
    Key("mail.delete", "d, delete", "delete", "Delete", "Move to Deleted", vim="d d, delete", show=True),
    Key(
        "mail.delete_forever",
        "D",
        "delete_forever",
        "Delete for good",
        "Delete for good, after asking; no undo",
    ),
    Key("mail.move", "m", "move", "Move", "Move to another folder"),
    Key("mail.copy", "y", "copy", "Copy", "Copy to another folder"),
    Key("mail.flag", "s", "flag", "Flag", "Flag the message, or take the flag off"),
    Key("mail.seen", "u", "seen", "Read/unread", "Mark as read or unread"),
    Key("mail.undo", "U, ctrl+z", "undo", "Undo", "Take back the last change, even after a restart"),
    Key("mail.search", "/", "search", "Search", "Search all mail on this computer", show=True),
    Key("mail.fetch", "ctrl+r, f5", "fetch", "Fetch", "Bring every account up to date now"),
    Key("mail.offline", "ctrl+o", "offline", "Offline", "Work without the network, or go back to it"),
    Key("mail.settings", ",", "settings", "Settings", "Change settings and accounts"),
    Key("mail.next", "J", "step(1)", "Next", "Read the next message"),
    Key("mail.previous", "K", "step(-1)", "Previous", "Read the previous message"),
    Key("mail.next_unread", "n", "step_unread(1)", "Next unread", "Go to the next unread message"),
    Key(
        "mail.previous_unread", "N", "step_unread(-1)", "Previous unread", "Go to the previous unread message"
    ),
    Key("mail.thread", "t", "thread", "Thread", "Unfold or fold the conversation"),
    Key("mail.threads", "T", "threads", "Conversations", "List conversations, or single mails"),
    Key("mail.sort", "O", "sort", "Sort", "Sort by date, sender, subject or size"),
    Key("mail.filter", "L", "filter", "Filter", "Show only unread, flagged or those with attachments"),
    Key("mail.layout", "ctrl+l", "list_layout", "Lines", "One or two lines for each message"),
    Key("mail.quotes", "z", "quotes", "Quotes", "Unfold or fold quoted text"),
    Key("mail.headers", "h", "headers", "Headers", "Show or hide all header fields", vim="H"),
    Key("mail.source", "v", "source", "Source", "Show the message exactly as it was received"),
    Key("mail.links", "f", "links", "Links", "List the links with their real targets"),
    Key("mail.pictures", "i", "pictures", "Pictures", "Open or save the pictures of this mail"),
    Key("mail.attachments", "a", "attachments", "Attachments", "Open or save attachments"),
    Key("mail.back", "q", "back", "Back", "Go back; on the list, leave the program"),
    Key("mail.cancel", "escape", "cancel", "Cancel", "Cancel what runs, then go back"),
    Key("mail.pane_next", "tab", "pane(1)", "Next pane", "Go to the next pane", vim="tab, l"),
    Key(
        "mail.pane_previous",
        "shift+tab",
        "pane(-1)",
        "Previous pane",
        "Go to the previous pane",
        vim="shift+tab, h",
    ),
    Key("mail.wider", ">, ctrl+right", "resize(2)", "Wider", "Make the pane you are in wider"),
    Key("mail.narrower", "<, ctrl+left", "resize(-2)", "Narrower", "Make the pane you are in narrower"),
    Key("mail.inbox", "g i", "go('inbox')", "Inbox", "Go to the inbox"),
    Key("mail.sent", "g s", "go('sent')", "Sent", "Go to Sent"),
    Key("mail.drafts", "g d", "go('drafts')", "Drafts", "Go to Drafts"),
    Key("mail.archived", "g a", "go('archive')", "Archive", "Go to the archive"),
    Key("mail.outbox", "g o", "outbox", "Outbox", "See what waits to be sent"),
    Key("mail.refused", "g x", "refused", "Refused", "See what a server refused; try again or give it up"),
    Key("mail.disk", "g h", "disk", "On this disk", "See what is here, and what is only here"),
    *(
        Key(
            f"mail.folder_{n}",
            str(n),
            f"folder({n})",
            f"Folder {n}",
            f"Go to folder {n} of the list of folders",
        )
        for n in range(1, 10)
    ),
    Key("list.down", "j, down", "cursor(1)", "Down", "One message down"),
    Key("list.up", "k, up", "cursor(-1)", "Up", "One message up"),
    Key("list.first", "g g, home", "first", "First", "Go to the first message"),
    Key("list.last", "G, end", "last", "Last", "Go to the last message"),
    Key("list.page_down", "pagedown", "page(1)", "Page down", "One page down", vim="pagedown, ctrl+f"),
    Key("list.page_up", "pageup", "page(-1)", "Page up", "One page up", vim="pageup, ctrl+b"),
    Key("list.half_down", "ctrl+d", "half(1)", "Half down", "Half a page down"),
    Key("list.half_up", "ctrl+u", "half(-1)", "Half up", "Half a page up"),
    Key("list.open", "enter", "open", "Open", "Open the message", show=True),
    Key(
        "list.open_space", "space", "space", "Read on", "Open the message, a page down, then the next message"
    ),
    Key("list.select", "x", "select", "Select", "Select or unselect the message"),
    Key(
        "list.select_range",
        "X",
        "select_range",
        "Select range",
        "Select from the last selected message to here",
    ),
    Key("list.select_all", "*", "select_all", "Select all", "Select all messages shown, or none"),
    Key("folders.down", "j, down", "cursor(1)", "Down", "One folder down"),
    Key("folders.up", "k, up", "cursor(-1)", "Up", "One folder up"),
    Key("folders.first", "g g, home", "first", "First", "Go to the first folder"),
    Key("folders.last", "G, end", "last", "Last", "Go to the last folder"),
    Key("folders.open", "enter", "open", "Open", "Show this folder's messages", show=True),
    Key("folders.fold", "space, left, right", "fold", "Fold", "Fold or unfold the folders below", show=True),
    Key("reading.down", "j, down", "scroll(1)", "Down", "One line down"),
    Key("reading.up", "k, up", "scroll(-1)", "Up", "One line up"),
    Key("reading.first", "g g, home", "top", "Top", "Go to the beginning"),
    Key("reading.last", "G, end", "bottom", "Bottom", "Go to the end"),
    Key("reading.page_down", "pagedown", "page(1)", "Page down", "One page down", vim="pagedown, ctrl+f"),
    Key("reading.page_up", "pageup", "page(-1)", "Page up", "One page up", vim="pageup, ctrl+b"),
    Key("reading.half_down", "ctrl+d", "half(1)", "Half down", "Half a page down"),
    Key("reading.half_up", "ctrl+u", "half(-1)", "Half up", "Half a page up"),
    Key("reading.space", "space", "space", "Read on", "A page down, then the next message", show=True),
    Key("compose.send", "alt+s, ctrl+enter", "send", "Send", "Send the message", show=True, priority=True),
    Key("compose.send_later", "alt+l", "send_later", "Send later", "Send at a time you type", priority=True),
    Key("compose.attach", "ctrl+t", "attach", "Attach", "Attach a file", show=True, priority=True),
    Key(
        "compose.editor",
        "ctrl+e",
        "editor",
        "Editor",
        "Write on in your own editor",
        show=True,
        priority=True,
    ),
    Key(
        "compose.copies", "ctrl+l", "copies", "Cc/Bcc", "Show the fields for copies", show=True, priority=True
    ),
    Key("compose.save", "ctrl+s", "save", "Save", "Save as a draft", priority=True),
    Key(
        "compose.discard", "alt+x", "discard", "Discard", "Throw the draft away, after asking", priority=True
    ),
    Key("compose.leave", "escape", "leave", "Leave", "Go back; the draft is kept", show=True),
    Key("outbox.edit", "e, enter", "edit", "Take back", "Take the mail back and write on", show=True),
    Key("outbox.retry", "r", "retry", "Send now", "Send this mail now, or once more", show=True),
    Key("outbox.down", "j", "cursor(1)", "Down", "One mail down"),
    Key("outbox.up", "k", "cursor(-1)", "Up", "One mail up"),
    Key("outbox.all", "S", "send_all", "Send all due", "Send everything that is due", show=True),
    Key("outbox.back", "escape, q", "back", "Back", "Go back", show=True),
    Key("accounts.add", "a", "add", "Add", "Add an account", show=True),
    Key("accounts.edit", "e, enter", "edit", "Edit", "Change servers, sign-in and what is kept", show=True),
    Key("accounts.test", "t", "test", "Test", "Try receiving and sending, step by step", show=True),
    Key("accounts.sign_in", "s", "sign_in", "Sign in", "Sign in again", show=True),
    Key("accounts.switch", "p", "switch", "IMAP/POP3", "Receive by the other protocol", show=True),
    Key("accounts.remove", "d, delete", "remove", "Remove", "Remove the account, after asking", show=True),
    Key("accounts.down", "j", "cursor(1)", "Down", "One account down"),
    Key("accounts.up", "k", "cursor(-1)", "Up", "One account up"),
    Key("accounts.disk", "o", "disk", "On this disk", "See what is here, and what is only here", show=True),
    Key(
        "accounts.doctor", "c", "app.doctor", "Check all", "Check this computer and every account", show=True
    ),
    Key("accounts.back", "escape, q", "back", "Back", "Go back", show=True),
    Key("disk.fetch", "f", "fetch", "Fetch all", "Fetch the text of every message", show=True),
    Key(
        "disk.changes", "r", "changes", "Changes", "See what the server refused or has to be told", show=True
    ),
    Key(
        "disk.decide", "d", "decide", "Decide", "Say what becomes of what vanished from the server", show=True
    ),
    Key("disk.wastebasket", "w", "wastebasket", "Wastebasket", "Go to what was removed", show=True),
    Key("disk.export", "x", "export", "Export", "Show the command that writes all mail to files", show=True),
    Key("disk.next", "n, right", "account(1)", "Next account", "Look at the next account", show=True),
    Key("disk.previous", "p, left", "account(-1)", "Previous account", "Look at the account before"),
    Key("disk.down", "j", "scroll(2)", "Down", "Two lines down"),
    Key("disk.up", "k", "scroll(-2)", "Up", "Two lines up"),
    Key("disk.back", "escape, q", "back", "Back", "Go back", show=True),
    Key("doctor.copy", "c, y", "copy", "Copy", "Copy a report with nothing personal in it", show=True),
    Key("doctor.again", "r", "again", "Again", "Check everything once more", show=True),
    Key("doctor.down", "j", "scroll(2)", "Down", "Two lines down"),
    Key("doctor.up", "k", "scroll(-2)", "Up", "Two lines up"),
    Key("doctor.back", "escape, q", "back", "Back", "Go back", show=True),
    Key("sign_in.browser", "b", "way('browser')", "Browser", "Sign in with the browser here", show=True),
    Key("sign_in.code", "d", "way('device-code')", "Code", "Sign in with a code on any device", show=True),
    Key(
        "sign_in.paste",
        "p",
        "way('paste')",
        "Paste",
        "Sign in in any browser, and paste the address it ends on",
        show=True,
    ),
    Key("sign_in.copy", "y", "copy", "Copy address", "Copy the address to open", show=True),
    Key("sign_in.open", "o", "open", "Open", "Open the address in the browser here", show=True),
    Key("sign_in.copy_code", "c", "copy_code", "Copy code", "Copy the code to type", show=True),
    Key(
        "sign_in.copy_message",
        "m",
        "copy_message",
        "Copy message",
        "Copy the message that asks your administrator for approval",
        show=True,
    ),
    Key("sign_in.copy_link", "l", "copy_link", "Copy link", "Copy the link for the administrator", show=True),
    Key(
        "sign_in.write_message",
        "w",
        "write_message",
        "Save message",
        "Save the message to your administrator as a file",
        show=True,
    ),
    Key("sign_in.back", "escape", "back", "Back", "Go back; what was asked for is given up", show=True),
    Key(
        "settings.accounts",
        "ctrl+o",
        "accounts",
        "Accounts",
        "Add, change and remove accounts",
        show=True,
        priority=True,
    ),
    Key("settings.search", "ctrl+f", "search", "Search", "Search the settings", show=True, priority=True),
    Key("settings.back", "escape", "back", "Back", "Go back; every change is saved already", show=True),
)

_BY_ID = {key.id: key for key in TABLE}


def normal(key: str) -> str:
    """One key in Textual's own name: `!` becomes `exclamation_mark`, `Ctrl+R` `ctrl+r`."""
    *modifiers, name = key.split("+") if len(key) > 1 else [key]
    if len(name) == 1 and not name.isalnum():
        name = unicodedata.name(name).lower().replace("-", "_").replace(" ", "_")
        name = KEY_NAME_REPLACEMENTS.get(name, name)
    elif len(name) > 1 or modifiers:
        name = name.lower()
    return "+".join([*(modifier.lower() for modifier in modifiers), name])


def parse(keys: str) -> list[tuple[str, ...]]:
    """The alternatives of a `keys` text, each a tuple of one or more keys: "g g, home" → (g, g), (home,).

    A comma that stands alone is the comma key.
    """
    if keys.strip() == ",":
        return [("comma",)]
    return [
        tuple(normal(key) for key in alternative.split())
        for alternative in keys.split(",")
        if alternative.strip()
    ]


def shown(keys: str) -> str:
    """A `keys` text as people read it: "g g, home" → "g g or Home"."""
    return " or ".join(" ".join(_key_cap(key) for key in keys) for keys in parse(keys))


def table(scope: str, preset: str = "default", overrides: Mapping[str, str] | None = None) -> list[Key]:
    """The keys of a scope as they are in force: each Key's `keys` is what really works."""
    return [key for key in _in_force(preset, overrides or {}) if key.scope == scope]


def bindings(scope: str) -> list[Binding]:
    """The scope's single keys of the default preset, for a class's BINDINGS; `keymap` changes them later."""
    found = []
    for key in TABLE:
        if key.scope != scope:
            continue
        single = [keys[0] for keys in parse(key.keys) if len(keys) == 1]
        found.append(
            Binding(
                ",".join(single) or f"{_NEVER}_{key.id}",
                key.action,
                key.label,
                show=key.show,
                priority=key.priority,
                tooltip=key.sentence,
                id=key.id,
                system=not single,
            )
        )
    return found


def keymap(preset: str, overrides: Mapping[str, str]) -> dict[str, str]:
    """Single keys by binding id, for `App.set_keymap`: only those that differ from the default preset."""
    found = {}
    for key in _in_force(preset, overrides):
        single = [keys[0] for keys in parse(key.keys) if len(keys) == 1]
        if parse(key.keys) != parse(_BY_ID[key.id].keys):
            found[key.id] = ",".join(single) or f"{_NEVER}_{key.id}"
    return found


def sequences(preset: str, overrides: Mapping[str, str]) -> tuple[Sequence, ...]:
    """All two-key sequences in force."""
    return tuple(
        Sequence(key.scope, keys, key.action, key.label)
        for key in _in_force(preset, overrides)
        for keys in parse(key.keys)
        if len(keys) > 1
    )


def clashes(preset: str, overrides: Mapping[str, str]) -> list[str]:
    """Sentences on overrides that name no key of ours, and on keys that would do two things at once."""
    found = []
    for name in overrides:
        if name not in _BY_ID:
            near = get_close_matches(name, _BY_ID, n=1)
            found.append(f"No key is called {name}." + (f" Did you mean {near[0]}?" if near else ""))
    whole: dict[tuple[str, tuple[str, ...]], str] = {}
    begun: dict[tuple[str, tuple[str, ...]], str] = {}
    for key in _in_force(preset, overrides):
        for keys in parse(key.keys):
            for scope in _heard_with(key.scope):
                beginnings = [whole.get((scope, keys[:length])) for length in range(1, len(keys) + 1)]
                for other in {*beginnings, begun.get((scope, keys))} - {None, key.id}:
                    found.append(f"{shown(' '.join(keys))} is bound twice: by {other} and by {key.id}.")
            whole[key.scope, keys] = key.id
            begun.update(((key.scope, keys[:length]), key.id) for length in range(1, len(keys)))
    return found


def _in_force(preset: str, overrides: Mapping[str, str]) -> Iterator[Key]:
    for key in TABLE:
        keys = overrides.get(key.id) or (key.vim if preset == "vim" else "") or key.keys
        yield Key(key.id, keys, key.action, key.label, key.sentence, "", key.show, key.priority)


def _heard_with(scope: str) -> tuple[str, ...]:
    """The scopes that listen at the same time: a pane's keys work beside those of the mail screen."""
    if scope in {"list", "folders", "reading"}:
        return (scope, "mail", "app")
    return (scope, "app")


def _key_cap(key: str) -> str:
    *modifiers, name = key.split("+")
    caps = [modifier.capitalize() for modifier in modifiers]
    letter = len(name) == 1 and name.isalpha()
    cap = name.upper() if letter and modifiers else _CAPS.get(name) or format_key(name)
    return "+".join([*caps, cap if letter else cap[:1].upper() + cap[1:]])
