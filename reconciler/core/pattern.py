"""Regular expressions that are compiled when they are first used. Python keeps none between runs, and a run needs half of ours."""

import re
from typing import TYPE_CHECKING


class _Later:
    """A pattern that becomes one when something of it is asked for."""

    def __init__(self, text: str, flags: int = 0) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        made = re.compile(self._text, self._flags)
        for each in ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer", "pattern", "flags"):
            setattr(self, each, getattr(made, each))
        return getattr(made, name)


if TYPE_CHECKING:
    pattern = re.compile
else:
    pattern = _Later
