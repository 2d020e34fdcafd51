"""Reading strictly, writing carefully."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.config.making import accounts
from tui.config.accounts import assign
from tui.config.settings import (
    CLIENT_ID,
    General,
    Settings,
    load,
    remove_account,
    save_account,
    set_value,
)
from tui.model.account import Account, Login, Server
from tui.model.error import BadConfig, BadInput, CannotCreate

SAMPLE = """\
# My settings
[general]
theme = "nord"   # the calm one
undo_seconds = 20

[keys]
"mail.compose" = "m"
mail.reply = "ctrl+y"

# --- work ---
[accounts."you@example.org"]   # the one at work
incoming = "imap"
name = "Sales"
password_command = 'pass show "mail/work"'
[accounts."you@example.org".imap]
host = "imap.example.org"  # by the intranet page
[accounts."you@example.org".smtp]
host = "smtp.example.org"
port = 587
security = "starttls"

[accounts."news@example.org"]
incoming = "none"
smtp = { host = "live.smtp.mailtrap.io", port = 587, security = "starttls", username = "api" }
"""

IMAP = Account("me@example.org", imap=Server("imap.example.org", 993), login=Login("me@example.org"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path / "config.toml"


def write(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    return file


def test_no_file_means_defaults(file: Path) -> None:
    assert load(file) == Settings()


def test_everything_of_the_sample_is_read(file: Path) -> None:
    read = load(write(file, SAMPLE))

    assert read.general == General(theme="nord", undo_seconds=20)
    assert read.keys == {"mail.compose": "m", "mail.reply": "ctrl+y"}
    work, news = read.accounts
    assert work.imap == Server("imap.example.org", 993)
    assert work.login and work.login.command == 'pass show "mail/work"'
    assert news.receiving is None
    assert news.sending_login == Login("api")
    assert read.account("YOU@example.org") is work
    assert read.account("nobody@example.org") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[general]\nthem = 'x'", r"them is not a setting of \[general\]; the nearest is theme"),
        ("[general]\nundo-seconds = 1", "the nearest is undo_seconds"),
        ("[generall]", "generall is not .* the nearest is general"),
        ("theme = 'x'", "theme is not"),
        ("general = 1", r"\[general\] must be a table"),
        ("[general]\ntheme = 1", "theme in .* must be a text"),
        ("[general]\nthreads = 1", "threads in .* must be true or false"),
        ("[general]\nundo_seconds = true", "undo_seconds in .* must be a whole number"),
        ("[general]\nundo_seconds = 2.5", "must be a whole number"),
        ("[general]\nundo_seconds = -1", "from 0 to 600"),
        ("[general]\nreading = 'left'", "auto, right or below"),
        ("[general]\noffline = 'no'", "offline must be all"),
        ('[general]\neditor = "a\\u001bb"', "control character"),
        ("[general]\ntheme == 'x'", "cannot be read: .*line 2"),
        ("[keys]\n'mail.x' = 1", "mail.x in .keys. must be a text"),
        ("[keys]\n'mail.x' = 'a'\nmail.x = 'b'", "mail.x is in .keys. twice"),
        ("accounts = 3", "must be a table"),
        ("[accounts]\nx = 3", r"\[accounts.\"x\"\] must be a table"),
        ("[accounts.me]\nincoming = 'none'", "'me' is not a mail address"),
        ("[accounts.'a@b.c']", "receives by imap but names no imap host"),
        ("[accounts.'a@b.c']\nimap_host = 'x'", "imap_host is not a setting"),
        ("[accounts.'a@b.c'.imap]\nhots = 'x'", "hots is not a setting .*imap.*; the nearest is host"),
        ("[accounts.'a@b.c'.imap]\nusername = 'x'", "username is not a setting"),
        ("[accounts.'a@b.c']\nimap = 'x'", "must be a table"),
        ("[accounts.'a@b.c'.imap]\nhost = 'x'\nport = 99999", "imap_port .* from 1 to 65535"),
        ("[accounts.'a@b.c'.imap]\nhost = 'x'\nsecurity = 'plain'", "plain only on localhost"),
        (
            "[accounts.'a@b.c']\nincoming='none'\n[accounts.'A@B.c']\nincoming='none'",
            "A@B.c is there twice",
        ),
        ("[general]\nclient-id = 'x'", "the nearest is client_id"),
        ("[general]\nclient_id = 'two words'", "client_id in .general. must be one word"),
        ("[accounts.'a@b.c']\nclientid = 'x'", "the nearest is client_id"),
        (
            "[accounts.'a@b.c']\nincoming='none'\nauthority = 'no tenant'",
            "authority in account a@b.c must be",
        ),
        ("[accounts.'a@b.c']\nincoming='none'\nautority = 'common'", "the nearest is authority"),
        ("x = " + "[" * 5000, "nested too deeply|cannot be read"),
    ],
)
def test_what_is_wrong_is_named(file: Path, text: str, said: str) -> None:
    with pytest.raises(BadConfig, match=said) as raised:
        load(write(file, text))

    assert str(file) in raised.value.what
    assert raised.value.hint
    assert raised.value.exit_code == 78


@pytest.mark.parametrize(
    "text",
    [
        "password = 'hunter2'",
        "[general]\ntoken = 'hunter2'",
        "[accounts.'a@b.c']\npassword = 'hunter2'",
        "[accounts.'a@b.c'.smtp]\nsmtp_password = 'hunter2'",
        "[accounts.'a@b.c'.imap]\nsecret = 'hunter2'",
    ],
)
def test_secrets_are_refused_and_not_repeated(file: Path, text: str) -> None:
    with pytest.raises(BadConfig, match="secret") as raised:
        load(write(file, text))

    assert "keyring" in raised.value.what
    assert "hunter2" not in f"{raised.value!r}{raised.value.hint}{raised.value.detail}"


def test_a_file_of_another_kind(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadConfig, match="UTF-8"):
        load(file)
    file.write_bytes(b"#" * 1_000_001)
    with pytest.raises(BadConfig, match="larger"):
        load(file)
    file.unlink()
    file.mkdir()
    with pytest.raises(BadConfig, match="cannot be read"):
        load(file)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_can_write_is_refused(file: Path, mode: int) -> None:
    write(file, SAMPLE).chmod(mode)

    with pytest.raises(BadConfig, match="Other users") as raised:
        load(file)
    assert "chmod 600" in raised.value.hint


def test_a_folder_that_others_can_write_is_refused(file: Path) -> None:
    write(file, SAMPLE).parent.chmod(0o777)

    with pytest.raises(BadConfig, match="folder"):
        load(file)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(file: Path) -> None:
    os.chown(write(file, SAMPLE), 12345, -1)

    with pytest.raises(BadConfig, match="another user"):
        load(file)


def test_setting_a_value_keeps_every_comment(file: Path) -> None:
    write(file, SAMPLE)

    answer = set_value(file, "theme", "gruvbox")

    assert file.read_text() == SAMPLE.replace('"nord"', '"gruvbox"')
    assert answer == load(file)
    assert answer.general.theme == "gruvbox"


def test_a_value_taken_out_is_the_default_again(file: Path) -> None:
    write(file, SAMPLE)

    assert set_value(file, "undo_seconds", None).general.undo_seconds == 10
    assert "undo_seconds" not in file.read_text()
    assert set_value(file, "undo_seconds", None).general.undo_seconds == 10


def test_keys_are_set_however_they_were_written(file: Path) -> None:
    write(file, SAMPLE)

    assert set_value(file, "keys.mail.reply", "a").keys == {"mail.compose": "m", "mail.reply": "a"}
    assert set_value(file, "keys.mail.compose", None).keys == {"mail.reply": "a"}


def test_the_first_setting_makes_the_file(file: Path) -> None:
    set_value(file, "threads", False)

    assert "\n[general]\nthreads = false\n" in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("them", "x"), ("theme", 3), ("undo_seconds", True), ("reading", "left"), ("x.y", "z"),
        ("keys.mail.x", 3), ("password", "hunter2"), ("them", None),
    ],
)  # fmt: skip
def test_wrong_settings_are_not_written(file: Path, key: str, value: str | int | None) -> None:
    write(file, SAMPLE)

    with pytest.raises(BadInput) as raised:
        set_value(file, key, value)

    assert file.read_text() == SAMPLE
    assert "hunter2" not in repr(raised.value)


def test_an_account_is_changed_at_its_place(file: Path) -> None:
    account = load(write(file, SAMPLE)).accounts[0]

    save_account(file, replace(account, name="Support"))

    assert file.read_text() == SAMPLE.replace('"Sales"', '"Support"').replace(
        "password_command = 'pass show \"mail/work\"'\n",
        'password_command = \'pass show "mail/work"\'\nusername = "you@example.org"\n\n',
    ).replace("# by the intranet page\n", '# by the intranet page\nport = 993\nsecurity = "tls"\n')


def test_an_account_is_added_and_removed(file: Path) -> None:
    write(file, SAMPLE)

    added = save_account(file, IMAP)
    assert [account.address for account in added.accounts][-1] == "me@example.org"
    assert added.accounts[-1] == IMAP

    removed = remove_account(file, "ME@example.org")
    assert removed == load(file)
    assert len(removed.accounts) == 2
    assert file.read_text().rstrip() == SAMPLE.rstrip()
    assert remove_account(file, "nobody@example.org") == removed


def test_an_address_in_another_case_is_the_same_account(file: Path) -> None:
    save_account(file, IMAP)

    saved = save_account(file, replace(IMAP, address="Me@Example.org", name="x"))

    assert [(account.address, account.name) for account in saved.accounts] == [("me@example.org", "x")]


def test_out_of_order_tables_are_changed_too(file: Path) -> None:
    write(
        file,
        '[accounts."a@b.c".imap]\nhost = "x"\n[general]\ntheme = "nord"\n'
        '[accounts."d@e.f"]\nincoming = "none"\n[accounts."a@b.c"]\nname = "n"\n',
    )

    saved = save_account(
        file, assign(load(file).accounts[0], ["name=m", "pop3-host=y", "incoming=pop3", "imap-host="])
    )

    account = saved.account("a@b.c")
    assert account and (account.name, account.pop3, account.imap) == ("m", Server("y", 995), None)
    assert saved == load(file)


def test_an_account_that_cannot_be_is_not_saved(file: Path) -> None:
    with pytest.raises(BadInput):
        save_account(file, Account("nowhere@example.org"))
    assert not file.exists()


def test_a_wrong_file_is_never_overwritten(file: Path) -> None:
    write(file, "[general]\nthem = 'x'\n")

    with pytest.raises(BadConfig):
        save_account(file, IMAP)
    assert file.read_text() == "[general]\nthem = 'x'\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(accounts(), max_size=3, unique_by=lambda account: account.address.lower()), accounts())
def test_whatever_is_saved_is_read_back(file: Path, others: list[Account], account: Account) -> None:
    write(file, SAMPLE)
    for one in [*others, account]:
        save_account(file, one)

    read = load(file).account(account.address)

    assert read == account if account.address == (read and read.address) else read is not None
    assert "# the calm one" in file.read_text()


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir(mode=0o700)
    target = write(tmp_path / "dotfiles" / "outlook.toml", SAMPLE)
    file.symlink_to(target)

    set_value(file, "theme", "x")

    assert file.is_symlink()
    assert load(target).general.theme == "x"


def test_a_full_disk_is_said_and_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(file, SAMPLE)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotCreate, match="No space left"):
        set_value(file, "theme", "x")

    assert file.read_text() == SAMPLE
    assert {path.name for path in file.parent.iterdir()} <= {"config.toml", ".config.toml.lock"}


def test_changes_at_the_same_time_are_all_kept(file: Path) -> None:
    names = [f"user{number}@example.org" for number in range(8)]
    threads = [
        threading.Thread(target=save_account, args=(file, replace(IMAP, address=name))) for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(account.address for account in load(file).accounts) == names


def test_client_ids_come_from_the_environment_and_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = load(write(file, "[general]\nclient_id = 'general-1'"))

    monkeypatch.delenv(CLIENT_ID, raising=False)
    assert found.client_ids() == ("", "general-1")
    monkeypatch.setenv(CLIENT_ID, " environment-1 ")
    assert found.client_ids() == ("environment-1", "general-1")
    monkeypatch.setenv(CLIENT_ID, "two words")
    with pytest.raises(BadConfig, match=CLIENT_ID):
        found.client_ids()


def test_loading_needs_the_standard_library_only() -> None:
    code = (
        "import sys; import tui.config.settings, tui.config.paths; import pathlib;"
        "tui.config.settings.load(pathlib.Path('/nonexistent/config.toml'));"
        "heavy = {'tomlkit', 'filelock', 'platformdirs', 'keyring', 'difflib'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert printed.strip() == "[]"
