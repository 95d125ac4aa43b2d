"""How many columns a stream has: those of its terminal, or of COLUMNS, which a person may set for a pager."""

import os
from collections.abc import Mapping
from typing import TextIO

UNKNOWN = 100
"""Columns where there is no terminal, as in a log or a file."""

NARROWEST = 60
"""Columns of the narrowest layout. A narrower terminal breaks its lines itself."""


def columns_of(stream: TextIO | None, environ: Mapping[str, str]) -> int:
    """Columns for the layout of what is written to this stream."""
    return known_columns(stream, environ) or UNKNOWN


def known_columns(stream: TextIO | None, environ: Mapping[str, str]) -> int | None:
    """The same, and None where nothing tells."""
    told = environ.get("COLUMNS", "")
    found = int(told) if told.isascii() and told.isdigit() and len(told) < 6 else _columns_of_terminal(stream)
    return max(found, NARROWEST) if found else None


def _columns_of_terminal(stream: TextIO | None) -> int:
    """The columns of the terminal behind a stream; 0 if there is none, as behind a closed one, or it does not tell."""
    if stream is None:
        return 0
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return 0
