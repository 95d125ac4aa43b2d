"""The one gate by which text becomes Markdown: all that is not surely harmless stands in a code span.

Why code spans and not escapes: GitHub and GitLab look for mentions, issues, commits, addresses and emoji in the
*rendered* text, so `&#64;team` and `\\@team` still call a team, and an entity-escaped address still becomes a link. All
of these passes leave code alone. Inside a code span no character has a meaning but the backtick, and the fence is made
longer than any run of those. A line can not be broken either: `visible` spells out every line end.

Sentences of ours that quote foreign words (reasons, refusals, notes) are judged word by word: a word that is nothing
but letters, or a short number, stays as it is; every other one, and everything in quotes, becomes code.
"""

import re
from functools import lru_cache

from reconciler.core.text import COMMAND, visible
from reconciler.render.address import percent_encoded, unsigned
from reconciler.render.words import abridged

EMPTY = "(empty)"
"""Stands for no text at all: a list item without any would make a heading of the line above."""
TEXT_LIMIT = 160
"""Characters of one foreign text."""
_DIFFERENCE_LIMIT = 1200

_PIECE = re.compile(r'`(?P<ours>[^`]+)`|(?P<quoted>"[^"]*")|(?P<blank>\s+)|(?P<bare>[^\s"`]+|["`])')
_TOKEN = re.compile(r"(?P<lead>\(?)(?P<core>.*?)(?P<trail>[.,;:!?)]*)")
_WORD = re.compile(
    r"[A-Za-z]+(?:'[a-z]+)?"  # letters, an apostrophe inside
    r"|[a-z]+(?:-[a-z]+)+"  # hand-written
    r"|v?[0-9]{1,6}|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}\.[0-9]{1,2}"  # v3, 1,500, 4.1
)
_HASH = re.compile(r"[0-9a-fA-F]{7,}")
"""A commit, wherever the repository has one of that name."""
_HARMLESS = frozenset({"->", "…", "·", "%"})
_LIST = re.compile(r"[0-9]+[.)]")
"""A first word that would begin a numbered list."""
_MARKER = re.compile(r"[^A-Za-z0-9._:/@+-]|-(?=-)")
_KEPT = 1 << 14
"""Texts whose Markdown is kept: a comment that is too long is made anew at each length, from the same texts."""


@lru_cache(_KEPT)
def code(text: str, limit: int = TEXT_LIMIT) -> str:
    """Foreign text as a code span on one line, cut at `limit` characters; `(empty)` where there is nothing to see.

    The query of an address, which may be signed, is cut off.
    """
    bare = COMMAND.sub("#<U+0023>", visible(abridged(unsigned(text), limit))).replace("<!--", "<U+003C>!--")
    if not bare.strip(" "):
        return EMPTY
    fence = "`" * (max((len(run) for run in re.findall("`+", bare)), default=0) + 1)
    pad = " " if bare[0] in "` " or bare[-1] in "` " else ""
    return f"{fence}{pad}{bare}{pad}{fence}"


@lru_cache(_KEPT)
def prose(text: str) -> str:
    """A sentence of ours, in which foreign words may stand."""
    pieces: list[tuple[bool, str]] = []
    for match in _PIECE.finditer(visible(text)):
        for is_code, piece in _pieces(match, is_first=not pieces):
            if is_code and pieces and pieces[-1][0]:  # two spans that touch would be one broken fence
                pieces[-1] = (True, pieces[-1][1] + piece)
            else:
                pieces.append((is_code, piece))
    line = "".join(code(piece, _DIFFERENCE_LIMIT) if is_code else piece for is_code, piece in pieces).strip()
    return line or EMPTY


def _pieces(match: re.Match[str], *, is_first: bool) -> list[tuple[bool, str]]:
    """Parts of one piece, and whether each must be code."""
    if match["blank"]:
        return [(False, " ")]
    if match["bare"] is None:
        return [(True, match["ours"] or match["quoted"])]
    token = match["bare"]
    parts = _TOKEN.fullmatch(token)
    if parts is None or (is_first and (not parts["core"] or _LIST.fullmatch(token))):
        return [(True, token)]
    if not parts["core"]:  # the comma after a quoted word
        return [(False, token)]
    is_plain = token in _HARMLESS or (_WORD.fullmatch(parts["core"]) and not _HASH.fullmatch(parts["core"]))
    if is_plain:
        return [(False, token)]
    found = [(False, parts["lead"]), (True, parts["core"]), (False, parts["trail"])]
    return [(is_code, piece) for is_code, piece in found if piece]


def cell(text: str) -> str:
    """A sentence of ours in a table, which a bar would break, even in code."""
    return prose(text).replace("|", "\\|")


def link(words: str, place: str, path: str) -> str:
    """Words of ours that lead to a file. `place` is an address of ours, or a path; `path` may hold anything."""
    scheme, mark, rest = place.partition("://")
    start = f"{scheme}{mark}{percent_encoded(rest).replace('%3A', ':')}" if mark else percent_encoded(place)
    return f"[{words}]({start}/{percent_encoded(path)})"


def marker_line(marker: str) -> str:
    """`<!-- reconciler:plan:manifests -->`: the line by which a program finds its own comment again."""
    return f"<!-- {_MARKER.sub(lambda match: f'%{ord(match[0]):02X}', marker)} -->"
