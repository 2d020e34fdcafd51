"""The exit code of several outcomes."""

from __future__ import annotations

import pytest

from tui.cli.codes import worst

CASES = [
    ([], 0),
    ([0, 0], 0),
    ([0, 69], 69),
    ([69, 77], 77),
    ([75, 76], 76),
    ([69, 75], 75),
    ([77, 74], 74),
    ([78, 1], 1),
    ([65, 66], 66),
]


@pytest.mark.parametrize(("codes", "expected"), CASES)
def test_the_worst_one_counts(codes: list[int], expected: int) -> None:
    assert worst(codes) == worst(reversed(codes)) == expected
