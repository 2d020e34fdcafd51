from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input, TextArea

from tests.ui import attacks
from tests.ui.screens.conftest import ME, OTHER, Opened, Opening, account
from tui.config.paths import Paths
from tui.model.command import CancelSend, QueueDraft, SaveDraft
from tui.model.draft import Draft, SendState
from tui.model.error import StoreBroken
from tui.model.folder import Role
from tui.store.writer import Writer
from tui.ui.desk import Desk
from tui.ui.screens import compose
from tui.ui.screens.compose import ComposeScreen

NEW = Draft(ME)
REPLY = Draft(
    ME,
    to="Billing <billing@contoso.example>",
    subject="Re: Invoice 4711",
    body="\n\nOn Monday, Billing wrote:\n> Please pay.\n",
    answers="answered",
)


def writing(draft: Draft = NEW) -> Callable[[Desk], ComposeScreen]:
    return lambda desk: ComposeScreen(desk, draft)


def field(program: Opened, name: str) -> Input:
    found = program.one(f"#{name}") if name == "subject" else program.one(f"#{name} Input")
    assert isinstance(found, Input)
    return found


def body(program: Opened) -> TextArea:
    found = program.one("#body")
    assert isinstance(found, TextArea)
    return found


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Save after a tenth of a second instead of three."""
    monkeypatch.setattr(compose, "AUTOSAVE_SECONDS", 0.1)


async def test_what_is_typed_is_in_the_store_seconds_later(opened: Opening, at_once: None) -> None:
    async with opened(writing()) as program:
        await program.type("billing@contoso.example")
        body(program).focus()
        await program.type("Hello there")
        await program.until(
            lambda: [one.body for one in program.desk.reader.drafts()] == ["Hello there"],
        )
        draft = program.desk.reader.drafts()[0]
        assert draft.to == "billing@contoso.example"
        assert "Draft saved" in program.text()


async def test_nothing_is_saved_while_nothing_changes(opened: Opening, at_once: None) -> None:
    async with opened(writing(REPLY)) as program:
        await program.pilot.pause(0.4)
        assert not program.engine.of(SaveDraft)
        await program.type("x")
        await program.until(lambda: program.engine.of(SaveDraft))
        await program.pilot.pause(0.4)
        assert len(program.engine.of(SaveDraft)) == 1


async def test_leaving_files_the_draft_into_drafts(opened: Opening, home: Paths) -> None:
    def make(desk: Desk) -> ComposeScreen:
        with Writer(home.database) as writer:
            writer.local_folder(ME, "Drafts", Role.DRAFTS)
        return ComposeScreen(desk, NEW)

    async with opened(make) as program:
        field(program, "subject").focus()
        await program.type("Half a thought")
        await program.pilot.press("escape")
        await program.until(lambda: program.answered == [0])
        draft = program.desk.reader.drafts()[0]
        assert draft.subject == "Half a thought"
        assert draft.message
        await program.until(lambda: "The draft is kept in Drafts." in program.text())


async def test_what_was_only_opened_leaves_no_trace(opened: Opening) -> None:
    async with opened(writing(REPLY)) as program:
        await program.pilot.press("escape")
        await program.until(lambda: program.answered == [0])
        assert not program.engine.of(SaveDraft)
        assert not program.desk.reader.drafts()


async def test_what_was_emptied_is_dropped(opened: Opening, at_once: None) -> None:
    async with opened(writing()) as program:
        field(program, "subject").focus()
        await program.type("x")
        await program.until(lambda: program.desk.reader.drafts())
        await program.pilot.press("backspace")
        await program.pilot.press("escape")
        await program.until(lambda: program.answered == [0])
        assert not program.desk.reader.drafts()


async def test_leaving_waits_until_the_draft_is_safe(opened: Opening) -> None:
    def full(_: Any) -> None:
        raise StoreBroken("The disk is full.", "Make room, then save again.")

    async with opened(writing()) as program:
        program.engine.answers[SaveDraft] = full
        field(program, "subject").focus()
        await program.type("x")
        await program.pilot.press("escape")
        await program.until(lambda: "The disk is full." in program.text())
        assert not program.answered
        await program.pilot.press("escape")
        del program.engine.answers[SaveDraft]
        await program.pilot.press("escape")
        await program.until(lambda: program.answered == [0])
        assert program.desk.reader.drafts()[0].subject == "x"


async def test_the_program_ends_and_the_draft_is_kept(opened: Opening, home: Paths) -> None:
    async with opened(writing()) as program:
        field(program, "subject").focus()
        await program.type("Unsaved")
    from tui.store.reader import Reader

    with Reader(home.database) as reader:
        assert [one.subject for one in reader.drafts()] == ["Unsaved"]


async def test_discarding_asks(opened: Opening, at_once: None) -> None:
    async with opened(writing()) as program:
        field(program, "subject").focus()
        await program.type("x")
        await program.until(lambda: program.desk.reader.drafts())
        await program.pilot.press("alt+x", "escape")
        assert not program.answered
        await program.pilot.press("alt+x", "d")
        await program.until(lambda: program.answered == [0])
        assert not program.desk.reader.drafts()


async def test_a_reply_begins_above_the_quote(opened: Opening) -> None:
    async with opened(writing(REPLY)) as program:
        await program.type("Paid.")
        assert body(program).text.startswith("Paid.\n")
        assert "> Please pay." in body(program).text
        assert "Re: Invoice 4711" in program.text().splitlines()[0]


async def test_sending_hands_the_mail_to_the_outbox(opened: Opening) -> None:
    async with opened(writing(REPLY)) as program:
        await program.type("Paid.")
        await program.pilot.press("alt+s")
        await program.until(lambda: program.answered)
        (queued,) = program.answered
        mail = program.desk.reader.outgoing(queued)
        assert mail is not None
        assert mail.state is SendState.HELD
        assert [one.address for one in mail.recipients] == ["billing@contoso.example"]
        await program.until(lambda: "Sending in " in program.text())
        assert " s · U undoes" in program.text()
        assert b"Paid." in program.desk.reader.outgoing_raw(queued)
        assert not program.desk.reader.drafts()


async def test_u_takes_a_mail_back_that_is_about_to_leave(opened: Opening) -> None:
    async with opened(writing(REPLY)) as program:
        await program.type("Paid.")
        await program.pilot.press("alt+s")
        await program.until(lambda: program.answered)
        await program.pilot.press("U")
        await program.until(lambda: isinstance(program.screen, ComposeScreen))
        await program.until(lambda: "Paid." in program.text())
        mail = program.desk.reader.outgoing(program.answered[0])
        assert mail is not None
        assert mail.state is SendState.CANCELLED


async def test_what_is_odd_is_asked_about_first(opened: Opening) -> None:
    draft = replace(REPLY, subject="", body="The file is attached.")
    async with opened(writing(draft)) as program:
        await program.pilot.press("alt+s")
        await program.until(lambda: "Send it like this?" in program.text())
        assert "no subject" in program.text()
        assert "no file is attached" in program.text()
        await program.pilot.press("escape")
        await program.pilot.pause()
        assert not program.engine.of(QueueDraft)
        await program.pilot.press("alt+s")
        await program.until(lambda: "Send it like this?" in program.text())
        await program.pilot.press("s")
        await program.until(lambda: program.answered)
        assert program.answered[0] > 0


@pytest.mark.parametrize(
    ("to", "words"),
    [("", "Nobody to send it to"), ("billing@contoso.example, half@", "Not an address: half@")],
)
async def test_nothing_is_sent_without_usable_recipients(opened: Opening, to: str, words: str) -> None:
    async with opened(writing(replace(REPLY, to=to))) as program:
        await program.pilot.press("alt+s")
        await program.pilot.pause()
        assert words in program.text()
        assert not program.engine.of(QueueDraft)
        assert field(program, "to").has_focus


async def test_cc_and_bcc_come_and_go(opened: Opening) -> None:
    async with opened(writing()) as program:
        assert "Bcc" not in program.text().partition("Alt")[0].split("Subject")[0]
        await program.pilot.press("ctrl+l")
        assert field(program, "cc").has_focus
        await program.type("cc@example.org")
        await program.pilot.press("ctrl+l")
        assert program.one("#field-cc").display
        field(program, "cc").value = ""
        await program.pilot.press("ctrl+l")
        assert not program.one("#field-cc").display


async def test_a_file_is_attached_by_its_path_and_taken_off(opened: Opening, tmp_path: Path) -> None:
    path = tmp_path / "my report.txt"
    path.write_text("numbers")
    async with opened(writing()) as program:
        await program.pilot.press("ctrl+t")
        field_ = program.one("#path")
        assert isinstance(field_, Input)
        field_.value = ""
        program.app.post_message(events.Paste(f"'{path}'"))
        await program.pilot.pause()
        assert field_.value == str(path)
        await program.pilot.press("enter")
        await program.until(lambda: "my report.txt" in program.text())
        draft = program.desk.reader.drafts()[0]
        assert [one.filename for one in draft.files] == ["my report.txt"]
        assert program.desk.reader.draft_file(draft.files[0].id) == b"numbers"
        await program.pilot.click("#files Button")
        await program.until(lambda: "Remove it" in program.text())
        await program.pilot.press("r")
        await program.until(lambda: not program.desk.reader.drafts()[0].files)
        await program.until(lambda: not program.one("#files").display)


async def test_a_path_is_completed_and_chosen_from_the_list(opened: Opening, tmp_path: Path) -> None:
    (tmp_path / "Reports").mkdir()
    (tmp_path / "Reports" / "year.pdf").write_bytes(b"1")
    async with opened(writing()) as program:
        await program.pilot.press("ctrl+t")
        path = program.one("#path")
        assert isinstance(path, Input)
        path.value = f"{tmp_path}/Rep"
        path.action_end()
        await program.until(lambda: "Reports/" in program.text())
        await program.pilot.pause(0.1)
        await program.pilot.press("tab")
        assert path.value == f"{tmp_path}/Reports/"
        await program.until(lambda: "year.pdf" in program.text())
        await program.pilot.press("down", "enter")
        await program.until(
            lambda: [one.files for one in program.desk.reader.drafts()] and "year.pdf" in program.text()
        )


async def test_a_file_that_cannot_be_read_ends_in_one_sentence(opened: Opening, tmp_path: Path) -> None:
    async with opened(writing()) as program:
        await program.pilot.press("ctrl+t")
        path = program.one("#path")
        assert isinstance(path, Input)
        path.value = str(tmp_path / "missing.pdf")
        await program.pilot.press("enter")
        assert "There is no such file." in program.text()
        path.value = str(tmp_path) + "/"
        await program.pilot.press("enter")
        assert "That is a folder" in program.text()
        await program.pilot.press("escape")
        screen = program.screen
        assert isinstance(screen, ComposeScreen)
        await screen._attach_files([str(tmp_path / "gone.pdf")])
        await program.until(lambda: "is not a file" in program.text().replace("\n", " "))


async def test_a_file_dropped_on_the_text_is_offered_to_be_attached(opened: Opening, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(b"x")
    async with opened(writing(REPLY)) as program:
        program.app.post_message(events.Paste(f"{path} "))
        await program.until(lambda: "Attach what was dropped?" in program.text())
        await program.pilot.press("a")
        await program.until(lambda: "photo.png" in program.text())
        assert "photo.png" not in body(program).text


async def test_the_sender_is_one_of_the_accounts(opened: Opening) -> None:
    async with opened(writing(REPLY), accounts=(account(name="You"), account(OTHER))) as program:
        program.one("#from").focus()
        await program.pilot.press("enter", "down", "enter")
        await program.pilot.press("ctrl+s")
        await program.until(lambda: program.desk.reader.drafts())
        draft = program.desk.reader.drafts()[0]
        assert (draft.account, draft.sender) == (OTHER, OTHER)


async def test_a_hostile_draft_cannot_act_and_goes_out_as_it_is(opened: Opening) -> None:
    texts = "\n".join(attacks.MARKUP + attacks.ESCAPES[:4])
    draft = replace(REPLY, subject=texts, body=f"\n{texts}\n", to=f"{texts} <a@example.org>")
    async with opened(writing(draft)) as program:
        assert attacks.is_clean(program.text())
        screen = program.screen
        assert isinstance(screen, ComposeScreen)
        assert screen.written().body == draft.body
        assert screen.written().subject == draft.subject
        assert screen.written().to == draft.to
        program.app.post_message(events.Paste("\x1b]52;c;ZXZpbA==\x07 pasted"))
        await program.pilot.pause()
        assert attacks.is_clean(body(program).text)
        assert "pasted" in body(program).text


async def test_where_the_editor_cannot_have_the_terminal_a_sentence_says_so(
    opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "true")
    async with opened(writing(REPLY)) as program:
        await program.pilot.press("ctrl+e")
        await program.until(lambda: "cannot be handed to an editor" in program.text())


async def test_a_mail_taken_back_from_the_outbox_is_written_on(opened: Opening) -> None:
    async with opened(writing(REPLY)) as program:
        await program.pilot.press("alt+s")
        await program.until(lambda: program.answered)
        draft = await program.screen.ask(CancelSend(program.answered[0]))
        again = program.desk.reader.draft(draft)
        assert again is not None
        program.app.push_screen(ComposeScreen(program.desk, again))
        await program.until(lambda: "Re: Invoice 4711" in program.text())
        assert "> Please pay." in body(program).text


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 36)])
async def test_everything_needed_is_seen_at_every_size(opened: Opening, size: tuple[int, int]) -> None:
    async with opened(writing(REPLY), size=size) as program:
        text = program.text()
        for word in ("From", "To", "Subject", "Re: Invoice 4711", "> Please pay.", "Send"):
            assert word in text
