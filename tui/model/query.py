"""The search language: words, `field:value`, `-` to exclude, quotes for phrases."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. `field` is "" (anywhere), from, to, cc, subject, body, in, is, has, before, after,
    larger, smaller or tag; `value` is the text as typed, `prefix` whether further letters may follow."""

    field: str
    value: str
    exclude: bool = False
    prefix: bool = False
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """All terms must hold. No term matches everything."""

    terms: tuple[Term, ...] = ()
