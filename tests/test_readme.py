"""What the README says is so: its commands are understood, its sample loads, its tables are complete."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.screenshots import SCENES
from tui.cli.commands import COMMANDS, SCREEN, define
from tui.cli.parser import Parser, find_command
from tui.config import settings
from tui.config.schema import ACCOUNT, GENERAL
from tui.config.settings import CLIENT_ID
from tui.model import error, registration
from tui.model.preset import PRESETS
from tui.ui import keys

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS = {
    ".venv/bin/lint-imports", ".venv/bin/mypy", ".venv/bin/outlook-tui", ".venv/bin/pip", ".venv/bin/python",
    ".venv/bin/ruff", "apt-get", "outlook-tui", "pip", "pipx", "python3", "uv",
}  # fmt: skip


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def _section(title: str) -> str:
    return re.split(r"^##+ ", README.split(f"# {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def _simple_commands() -> list[list[str]]:
    """Every command of the shell blocks as its words; those of the keyring's recipe are the shell's own."""
    found = []
    for block in _blocks("sh"):
        if "dbus-run-session" in block:
            continue
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            while words:
                end = words.index("&&") if "&&" in words else len(words)
                found.append(_without_shell(words[:end]))
                words = words[end + 1 :]
    return found


def _without_shell(words: list[str]) -> list[str]:
    """A command without its variables and redirections."""
    while re.match(r"[A-Z_]+=", words[0]):
        words = words[1:]
    for sign in ("<", ">"):
        if sign in words:
            words = words[: words.index(sign)]
    return words


OURS = [words[1:] for words in _simple_commands() if words[0].endswith("outlook-tui")]
IN_SENTENCES = [found.split() for found in re.findall(r"`outlook-tui ([a-z][a-z -]*)", README)]


def test_commands_are_there() -> None:
    assert len(OURS) > 40
    assert {words[0] for words in _simple_commands()} <= PROGRAMS


@pytest.mark.parametrize("words", OURS, ids=" ".join)
def test_command_is_understood(words: list[str]) -> None:
    found = find_command(words, COMMANDS)
    command = COMMANDS[found.name] if found.name else SCREEN

    define(Parser(found.name), command).read(found.words)


@pytest.mark.parametrize("words", IN_SENTENCES, ids=" ".join)
def test_command_in_a_sentence_is_there(words: list[str]) -> None:
    assert find_command(words, COMMANDS).name in COMMANDS


def test_every_command_of_the_shell_that_a_beginner_needs_is_shown() -> None:
    shown = {find_command(words, COMMANDS).name for words in (*OURS, *IN_SENTENCES)}

    assert shown >= {name for name in COMMANDS if " " not in name}


def test_modules_that_are_run_exist() -> None:
    modules = [words[2] for words in _simple_commands() if words[:2] == [".venv/bin/python", "-m"]]

    for module in {*modules} - {"pytest"}:
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module


def test_first_commands_are_those_that_everybody_knows() -> None:
    first, second = _blocks("sh")[:2]

    assert first == (
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/outlook-tui --demo\n"
    )
    assert second == ".venv/bin/python -m pytest\n"


def test_sample_configuration_loads_and_is_complete(tmp_path: Path) -> None:
    (sample,) = _blocks("toml")
    path = tmp_path / "config.toml"
    path.write_text(sample, encoding="utf-8")
    path.chmod(0o600)
    tmp_path.chmod(0o700)

    found = settings.load(path)

    assert found.general == settings.General()
    assert len(found.accounts) == 2
    assert keys.clashes(found.general.keys, found.keys) == []
    for row in (*GENERAL, *ACCOUNT):
        name = re.sub("^(imap|pop3|smtp)_", "", row.key)
        assert re.search(rf"^{name} = ", sample, re.MULTILINE), row.key


def test_exit_codes_are_those_of_the_errors() -> None:
    shown = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    errors = {
        one.exit_code
        for one in vars(error).values()
        if isinstance(one, type) and issubclass(one, error.MailError)
    }

    assert shown == errors | {0}


def test_keys_are_those_of_the_program() -> None:
    known = {
        " ".join(one) for key in keys.TABLE for one in [*keys.parse(key.keys), *keys.parse(key.vim or "")]
    }
    names = {"↓": "down", "↑": "up", "PgUp": "pageup", "PgDn": "pagedown", "Esc": "escape"}
    rows = re.findall(r"^\| (`.*)", _section("Keys"), re.MULTILINE)
    shown = [key for row in rows for key in re.findall(r"`([^`]+)`", row)]

    assert len(shown) > 50
    for key in shown:
        assert " ".join(keys.normal(names.get(one, one)) for one in key.split()) in known, key


def test_links_lead_somewhere() -> None:
    links = re.findall(r'\]\(([^)]+)\)|(?:src|srcset)="([^"]+)"', README)
    inside = [one for pair in links for one in pair if one and "://" not in one]

    assert {f"screenshots/{scene.name}.png" for scene in SCENES} <= {*inside}
    for target in inside:
        if target.startswith("#"):
            assert target in _anchors(), target
        else:
            assert (ROOT / target).is_file(), target


def _anchors() -> set[str]:
    """The places inside that can be linked to, named as GitHub does."""
    titles = re.findall(r"^#+ (.+)", README, re.MULTILINE)
    return {"#" + re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


def test_registration_is_told_as_the_program_tells_it() -> None:
    steps = " ".join(registration.STEPS)
    section = _section("The client id")

    names = re.findall(r"[A-Z]\w*\.(?:AccessAsUser\.All|Send)|offline_access|openid|profile", steps)
    for word in (registration.PORTAL, "http://localhost", "Allow public client flows", CLIENT_ID, *names):
        assert word in section, word
    assert len(names) == 6


def test_providers_that_are_named_are_known() -> None:
    assert set(re.findall(r"--provider ([\w.-]+)", README)) <= {preset.name for preset in PRESETS}
