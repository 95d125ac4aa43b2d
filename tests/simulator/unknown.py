"""Marks a test with the switch it is about, so that every value of every switch is known to be tested."""

from collections.abc import Callable
from typing import TypeVar

import pytest

F = TypeVar("F", bound=Callable[..., None])
TESTED: dict[str, set[str]] = {}


def values(name: str, words: str) -> Callable[[F], F]:
    """Run a test once for each of these values of a switch."""
    TESTED.setdefault(name, set()).update(words.split())

    def mark(test: F) -> F:
        marked: F = pytest.mark.parametrize("value", words.split())(test)
        return marked

    return mark
