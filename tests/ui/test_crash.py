from __future__ import annotations

import logging
import threading

import pytest

from tests.ui.conftest import AppOf
from tests.ui.memory import row
from tui.ui import crash

SECRET = "hunter2-in-a-local-variable"


def fail() -> None:
    password = SECRET
    raise ValueError(f"mail text {password}")


def test_the_report_names_the_place_but_neither_locals_nor_the_errors_text() -> None:
    try:
        try:
            fail()
        except ValueError as error:
            raise RuntimeError(SECRET) from error
    except RuntimeError as error:
        report = crash.report(error)
    assert SECRET not in report
    assert "RuntimeError" in report
    assert "ValueError" in report
    assert "in fail" in report


def test_errors_of_threads_go_to_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.excepthook", None)
    monkeypatch.setattr("threading.excepthook", None)
    crash.install()
    with caplog.at_level(logging.CRITICAL):
        thread = threading.Thread(target=fail, name="mail:test")
        thread.start()
        thread.join()
    assert "mail:test" in caplog.text
    assert SECRET not in caplog.text


async def test_a_mistake_on_the_screen_ends_with_one_sentence(
    app_of: AppOf, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    app = app_of([row(1)])
    with pytest.raises(ValueError, match="mail text"):
        async with app.run_test() as pilot:
            app.call_later(fail)
            await pilot.pause()
    shown = capsys.readouterr()
    assert SECRET not in shown.out + shown.err
    assert "Your mail is safe" in shown.out + shown.err
    assert SECRET not in caplog.text
    assert "in fail" in caplog.text
