"""A page in a browser, and all that it said, asked for, or popped up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Page

Scheme = Literal["light", "dark"]


@dataclass(slots=True)
class Watched:
    """A page, and all that it said, asked for, or popped up."""

    page: "Page"
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    failures: dict[str, str | None] = field(default_factory=dict)
    dialogs: list[str] = field(default_factory=list)


Opener = Callable[..., Watched]


@contextmanager
def quiet(seen: Watched) -> Iterator[None]:
    """Nothing is said, nothing pops up, and nothing but the file and its own pictures is asked for."""
    yield
    assert seen.console == []
    assert seen.dialogs == []
    assert [url for url in seen.requests if not url.startswith(("data:image/", "file:"))] == []
    assert len([url for url in seen.requests if url.startswith("file:")]) == 1
