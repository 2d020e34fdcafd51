"""Signatures: the block below what one writes, after the line `-- ` (RFC 3676 4.3)."""

from __future__ import annotations


def signature_block(signature: str) -> str:
    """The signature with the line that parts it from the text, "" for none."""
    return f"\n-- \n{signature.strip()}\n" if signature.strip() else ""


def exchanged(body: str, before: str, after: str) -> str:
    """The body with one sender's signature in the place of another's.

    It is left alone where the old signature does not stand in it as it was put there: somebody has written
    their own. Where there was none, the new one goes to the end.
    """
    old, new = signature_block(before), signature_block(after)
    if not old:
        return body.rstrip("\n") + "\n" + new if new else body
    head, found, tail = body.rpartition(old)
    return f"{head}{new}{tail}" if found else body
