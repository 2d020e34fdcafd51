from __future__ import annotations

from tui.ui.widgets.key_hints import Hint, chosen

WRITING = {
    "app.help": Hint("F1", "Help", "f1"),
    "compose.leave": Hint("Esc", "Leave", "escape"),
    "compose.copies": Hint("Ctrl+L", "Cc/Bcc", "ctrl+l"),
    "compose.send": Hint("Alt+S", "Send", "alt+s"),
}


def test_hints_stand_in_the_order_of_the_table() -> None:
    assert chosen(WRITING, 80) == ["compose.send", "compose.copies", "compose.leave", "app.help"]


def test_the_panes_own_keys_come_first_and_the_help_last() -> None:
    hint = Hint("x", "Word", "x")
    assert chosen(dict.fromkeys(["app.help", "mail.reply", "list.open"], hint), 80) == [
        "list.open",
        "mail.reply",
        "app.help",
    ]


def test_whole_keys_are_left_out_but_never_the_way_out() -> None:
    room = sum(WRITING[name].cells for name in ("compose.send", "compose.leave", "app.help"))
    assert chosen(WRITING, room) == ["compose.send", "compose.leave", "app.help"]
    assert chosen(WRITING, 5) == ["compose.leave", "app.help"]
