"""Texts that try to be more than text, and a real Markdown parser that says whether one succeeded."""

import re

from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

FRAGMENTS = [
    "|", "\n", "\r", "\u2028", "\x1b[2J", "\u202e", "\u200b", "```", "`", "``", "~~~", "</details>", "</summary>",
    "<!-- reconciler:plan:manifests -->", "<!--", "-->", "@team", "@org/team", "#1", "GH-1", "org/repo#1", "!1", "$1", "~bug",
    "deadbeef", "a51be07aa9c13", "0123456789012345678901234567890123456789", "![](http://evil.example/x.png)",
    "[x](javascript:alert(1))", "[x]: http://evil.example", "[x][x]", "http://evil.example", "www.evil.example", "a@evil.example",
    "evil.example", "<http://evil.example>", "<script>", "<img src=x onerror=y>", "<b", "&lt;", "&#64;team", "# heading", "===",
    "---", "- item", "1. item", "> quote", "**", "__", "_", "*", "\\", "\\|", "|---|---|", ":tada:", "/close", "$`x`$", "$x$",
    "{+x+}", "[-x-]", '"', "'", "(", ")", " ", "  ", "\t", "é", "絵", "word", "7", "%1", "&1", "^", "::error::x", "${{ secrets.T }}",
]  # fmt: skip

PARSER = MarkdownIt("gfm-like").enable("linkify")
_OURS = re.compile(r"[A-Za-z0-9 .,;:!?()'>…·%+*/|\[\]-]*")
_ACTS = re.compile(r"[@#$~&<`\\_^]|GH-\d|[A-Z]+-\d|(?<!\S):\w+:|\b[0-9a-fA-F]{7,}\b|//|www\.|!\[|\]\(")


def hostile() -> st.SearchStrategy[str]:
    """Any text, and pieces of Markdown in any order."""
    pieces = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=8)
    return pieces.map("".join) | pieces.map(" ".join)


def tokens(text: str) -> list[Token]:
    return PARSER.parse(text)


def inlines(text: str) -> list[Token]:
    """The blocks of running text."""
    return [token for token in tokens(text) if token.type == "inline"]


def types(block: Token) -> list[str]:
    """The kinds of token in a block."""
    return [child.type for child in block.children or []]


def plain_words(block: Token) -> bool:
    """Is the bare text of a block free of all that a forge turns into something?"""
    bare = "\0".join(child.content for child in block.children or [] if child.type == "text")
    return all(_OURS.fullmatch(part) for part in bare.split("\0")) and not _ACTS.search(bare)
