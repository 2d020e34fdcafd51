from __future__ import annotations

import pyte
import pytest
from rich.cells import cell_len

from tests.ui import attacks
from tests.ui.memory import ME, NOW, row
from tui.model.message import Address, Flag, Row
from tui.ui.widgets.row_drawing import TONES, Look, State, draw, lines_for

PLAIN = State()


def text(message: Row, look: Look, state: State = PLAIN) -> list[str]:
    return ["".join(run for run, _ in line) for line in draw(message, look, state)]


@pytest.mark.parametrize("string", attacks.ALL)
@pytest.mark.parametrize(
    "look", [Look(42, 2, NOW), Look(58, 1, NOW), Look(100, 1, NOW, place=True), Look(30, 1, NOW, iso=True)]
)
def test_lines_are_clean_and_exactly_as_wide_as_the_list(string: str, look: Look) -> None:
    message = row(
        1, subject=string, sender=(Address(string, string),), snippet=string, folder=string, attachments=1
    )
    for line in text(message, look, State(True, 12, True)):
        assert attacks.is_clean(line)
        assert cell_len(line) == look.width


@pytest.mark.parametrize("string", attacks.WIDE)
def test_the_date_stays_in_its_column_on_a_terminal(string: str) -> None:
    screen = pyte.Screen(100, 1)
    stream = pyte.Stream(screen)
    line = text(row(1, subject=string, sender=(Address(string, "a@b.example"),)), Look(99, 1, NOW))[0]
    for char in line:  # pyte forgets the rest of what it is fed behind some marks
        stream.feed(char)
    plain = text(row(1), Look(99, 1, NOW))[0]
    date = plain.split()[-1]
    where = plain.rindex(date)
    assert "".join(screen.buffer[0][where + offset].data[0] for offset in range(len(date))) == date, (
        screen.display
    )


def test_marks() -> None:
    flags = Flag.FLAGGED
    line = text(row(1, flags=flags, attachments=2), Look(80, 1, NOW), State(selected=True))[0]
    assert line.startswith("✓● ⚑▤ Billing")
    assert text(row(1, flags=Flag.SEEN | Flag.ANSWERED), Look(80, 1, NOW))[0].startswith("   ↶  Billing")


def test_unread_is_bold_too() -> None:
    tones = {tone for _, tone in draw(row(1, flags=Flag(0)), Look(80, 1, NOW), State())[0]}
    assert "strong" in tones
    assert tones <= set(TONES)


def test_conversations_show_their_size() -> None:
    assert "Billing (12)" in text(row(1), Look(80, 1, NOW), State(conversation=12))[0]
    assert "└ Billing" in text(row(1), Look(80, 2, NOW), State(child=True))[0]


def test_a_name_that_poses_as_another_address_gives_way_to_the_real_one() -> None:
    trap = row(1, sender=(Address("security@contoso.example", "x@evil.example"),))
    assert "x@evil.example" in text(trap, Look(80, 1, NOW))[0]
    assert "security@contoso" not in text(trap, Look(80, 1, NOW))[0]


def test_sent_mail_shows_its_recipients() -> None:
    assert f"To {ME}" in text(row(1), Look(80, 1, NOW, outgoing=True))[0]
    assert "(no recipient)" in text(row(1, to=()), Look(80, 1, NOW, outgoing=True))[0]


def test_empty_fields_have_words() -> None:
    line = text(row(1, subject="", sender=()), Look(80, 1, NOW))[0]
    assert "(no subject)" in line
    assert "(no sender)" in line


@pytest.mark.parametrize(
    ("width", "layout", "lines"), [(40, "auto", 2), (80, "auto", 1), (40, "one", 1), (200, "two", 2)]
)
def test_lines_by_width_and_setting(width: int, layout: str, lines: int) -> None:
    assert lines_for(width, layout) == lines
