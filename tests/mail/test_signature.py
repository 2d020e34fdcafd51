"""Signatures, and changing them with the sender."""

from __future__ import annotations

import pytest

from tui.mail.signature import exchanged, signature_block


def test_a_signature_stands_below_its_line() -> None:
    assert signature_block("Accounts department\n") == "\n-- \nAccounts department\n"
    assert signature_block(" \n") == ""


@pytest.mark.parametrize(
    ("body", "before", "after", "result"),
    [
        ("Hello\n\n-- \nA\n", "A", "B", "Hello\n\n-- \nB\n"),
        ("Hello\n\n-- \nA\n> quoted\n", "A", "B\nC", "Hello\n\n-- \nB\nC\n> quoted\n"),
        ("Hello\n\n-- \nA\n", "A", "", "Hello\n"),
        ("Hello\n", "", "B", "Hello\n\n-- \nB\n"),
        ("Hello\n\n-- \nmine\n", "A", "B", "Hello\n\n-- \nmine\n"),
        ("Hello", "", "", "Hello"),
        ("> \n-- \nA\nHello\n\n-- \nA\n", "A", "B", "> \n-- \nA\nHello\n\n-- \nB\n"),
    ],
)
def test_another_sender_brings_another_signature(body: str, before: str, after: str, result: str) -> None:
    assert exchanged(body, before, after) == result
