"""A text as documents, by the library that knows YAML: what it gives, and what it refuses in our words.

Apart from `reading`, since a file that is in the cache needs no library.
"""

import re
from collections.abc import Callable
from functools import partial

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import Event

from reconciler.core.text import shown
from reconciler.files.yaml.builder import DocumentBuilder, YamlFault

try:
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # it is there for whoever needs the parser alone
except ImportError:  # pragma: no cover - declared as a dependency; `pure` goes the same way without it
    CParser = None

RETRY_LIMIT = 64 * 1024
"""Characters up to which a text that the C parser refuses is read again without it: the C parser knows YAML 1.1 only,
and takes `{at: 1:30}` for a mistake."""


def parsed(text: str, path: str, *, pure: bool, is_lenient: bool) -> tuple[DocumentBuilder, bool]:
    """The documents of a text with all faults, and whether the reading went to the end of the text."""
    builder, end = _built(text, path, pure=pure, is_lenient=is_lenient)
    if isinstance(end, YAMLError) and not pure and len(text) <= RETRY_LIMIT:
        builder, end = _built(text, path, pure=True, is_lenient=is_lenient)
    if end is not None:
        builder.faults.append(_syntax(end, text) if isinstance(end, YAMLError) else end)
    return builder, end is None


def _built(
    text: str, path: str, *, pure: bool, is_lenient: bool
) -> tuple[DocumentBuilder, YamlFault | YAMLError | None]:
    """The documents of a text, and what ended the reading before the end of the text."""
    builder = DocumentBuilder(path, is_lenient=is_lenient)
    try:
        builder.read(_events(text, pure=pure))
    except (YamlFault, YAMLError) as error:
        return builder, error
    return builder, None


def _events(text: str, *, pure: bool) -> Callable[[], Event | None]:
    """What gives the next event, and None behind the last."""
    if pure or CParser is None:
        return partial(next, YAML(typ="safe", pure=True).parse(text), None)
    getter: Callable[[], Event | None] = CParser(text).get_event
    return getter


def _syntax(error: YAMLError, text: str) -> YamlFault:
    """A syntax error in our words; the parsers word theirs differently."""
    mark = error.problem_mark or error.context_mark if isinstance(error, MarkedYAMLError) else None
    lines = text.splitlines() or [""]
    line = min(mark.line, len(lines) - 1) if mark is not None else 0
    column = mark.column if mark is not None and mark.line == line else 0
    return YamlFault(
        "manifest-yaml",
        line,
        column,
        "this is not valid YAML",
        f"Reading stopped at: {shown(lines[line].strip(), 60)}" if lines[line].strip() else "The file ends too early.",
        _hint(lines[line], lines[line - 1] if line else ""),
    )


def _hint(line: str, before: str) -> str:
    """The usual mistake behind a syntax error on this line."""
    for text in (line, before):
        indent = text[: len(text) - len(text.lstrip())]
        if "\t" in indent:
            return "Indent with spaces; YAML does not allow tabs there."
    for text in (line, before):
        if re.search(r":\s+[^\s'\"\[{|>#][^'\"]*:\s", text + " "):
            return 'Put text that contains ": " into double quotes.'
        if re.search(r":\s+[@`%&*!]", text):
            return "Put text that begins with a sign like this one into double quotes."
        if text.count('"') % 2 or text.count("'") % 2:
            return "A quotation mark may be missing."
    return "Check the indentation and the punctuation of this line and the one before."
