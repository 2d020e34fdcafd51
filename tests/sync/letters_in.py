"""Small messages for the engine's tests."""

from __future__ import annotations


def letter(number: int, subject: str = "", body: str = "") -> bytes:
    """A message that differs from every other number's, with CRLF line ends."""
    text = (
        f"From: Sender {number} <sender{number}@contoso.example>\n"
        "To: you@localhost.example\n"
        f"Subject: {subject or f'Letter {number}'}\n"
        f"Date: Mon, 0{number % 9 + 1} Jun 2026 10:{number % 60:02}:00 +0000\n"
        f"Message-ID: <letter-{number}@contoso.example>\n"
        "\n"
        f"{body or f'This is letter number {number}.'}\n"
        ".\n..a line that begins with a dot\n"
    )
    return text.replace("\n", "\r\n").encode()
