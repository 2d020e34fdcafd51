"""Finding the command and its options, wherever they stand."""

from __future__ import annotations

import pytest

from tui.cli.commands import COMMANDS
from tui.cli.run import parse
from tui.model.error import BadUsage

ANYWHERE = [
    "--home H --account A --json --offline list --limit 3",
    "list --home H --account A --json --offline --limit 3",
    "--json list --limit 3 --offline --home=H --account=A",
    "list --limit=3 --account A --home H --offline --json",
]


@pytest.mark.parametrize("line", ANYWHERE)
def test_global_options_stand_anywhere(line: str) -> None:
    _, options = parse(line.split())
    assert (options.home, options.account, options.json, options.offline, options.limit) == (
        "H",
        "A",
        True,
        True,
        3,
    )


FOUND = [
    ("account add you@example.org", "account add"),
    ("--json account --home H add you@example.org", "account add"),
    ("outbox", "outbox"),
    ("outbox list", "outbox list"),
    ("outbox --json retry 3", "outbox retry"),
    ("folder create Bills", "folder create"),
    ("mailto:billing@contoso.example?subject=x", "compose"),
    ("MAILTO:billing@contoso.example", "compose"),
]


@pytest.mark.parametrize(("line", "name"), FOUND)
def test_a_command_of_two_words_is_found(line: str, name: str) -> None:
    command, _ = parse(line.split())
    assert command == COMMANDS[name]


MIXED = [
    "move 1 2 Bills/2024 --account A",
    "move --account A 1 2 Bills/2024",
    "move 1 --account A 2 Bills/2024",
]


@pytest.mark.parametrize("line", MIXED)
def test_options_and_words_may_be_mixed(line: str) -> None:
    _, options = parse(line.split())
    assert (options.ids, options.folder, options.account) == ([1, 2], "Bills/2024", "A")


def test_two_dashes_end_the_options() -> None:
    _, options = parse(["search", "--limit", "5", "--", "invoice", "-draft"])
    assert (options.query, options.limit) == (["invoice", "-draft"], 5)


def test_a_single_dash_is_a_word() -> None:
    _, options = parse(["inspect", "-", "--json", "a.eml"])
    assert options.files == ["-", "a.eml"]


WRONG = [
    ("lst", "list"),
    ("account ad you@example.org", "account add"),
    ("list --limt 3", "--limit"),
    ("list --limit", "limit"),
    ("list --limit none", "limit"),
    ("list --limit 0", "limit"),
    ("account", "add"),
    ("read", "ID"),
    ("read one", "ID"),
    ("export there", "--format"),
    ("export there --format zip", "maildir"),
    ("sync --wach", "--watch"),
    ("undo 3", "3"),
    ("--limit 3 list", "--limit"),
    ("account add a@b.example --password hunter2", "--password-stdin"),
]


@pytest.mark.parametrize(("line", "named"), WRONG)
def test_wrong_words_name_what_is_near(line: str, named: str) -> None:
    with pytest.raises(BadUsage) as caught:
        parse(line.split())
    assert named in caught.value.what + caught.value.hint
    assert caught.value.exit_code == 2


def test_every_command_has_a_handler_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name, command in COMMANDS.items():
        with pytest.raises(SystemExit):
            parse([*name.split(), "--help"])
        assert command.summary in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("line", ["account --help", "-h folder", "--json account -h"])
def test_help_on_a_family_lists_all_commands(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(line.split())
    assert not ended.value.code
    assert "account add" in capsys.readouterr().out
