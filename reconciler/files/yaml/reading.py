"""YAML read from its event stream: everything is judged before an object is built, and every place is kept."""

import re
from codecs import BOM_UTF8
from collections.abc import Callable
from dataclasses import field
from functools import partial

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import Event

from reconciler.core.manifest.document import Document
from reconciler.core.problem import Location, Problem
from reconciler.core.text import shown
from reconciler.core.value import dataclass
from reconciler.files.text_file import not_utf8, too_large
from reconciler.files.yaml.builder import DocumentBuilder, YamlFault

try:
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # it is there for whoever needs the parser alone
except ImportError:  # pragma: no cover - declared as a dependency; `pure` goes the same way without it
    CParser = None

FILE_LIMIT = 1_000_000
"""Bytes of one YAML file."""

RETRY_LIMIT = 64 * 1024
"""Characters up to which a text that the C parser refuses is read again without it: the C parser knows YAML 1.1 only,
and takes `{at: 1:30}` for a mistake."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u2028\u2029]")
_PLAIN = bytes((0x09, 0x0A, 0x0D, *range(0x20, 0x7F)))
"""The characters of ASCII that are no control characters."""

_NAME = re.compile(r"""\bname:[ \t]*["']?([a-z0-9-]+)""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file held: the sound documents, those with a fault (for their names only), and the problems.

    `lost_names` are what the text of a file that could not be read to its end calls a name: a reference to one of these is
    not unknown.
    """

    documents: list[Document] = field(default_factory=list)
    broken: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lost_names: set[str] = field(default_factory=set)


def read_yaml(data: bytes, path: str, *, pure: bool = False, is_lenient: bool = False) -> Reading:
    """All documents of a file. `path` is what problems show; `pure` goes without the C parser.

    `is_lenient` lets texts hold control characters, which stand there escaped. It is for the writer alone: it keeps what
    people wrote at another place, and the next reading shows them where it is.
    """
    text = _decoded(data, path)
    if isinstance(text, Reading):
        return text
    lost_names: set[str] = set()
    builder, end = _built(text, path, pure=pure, is_lenient=is_lenient)
    if isinstance(end, YAMLError) and not pure and len(text) <= RETRY_LIMIT:
        builder, end = _built(text, path, pure=True, is_lenient=is_lenient)
    if end is not None:
        builder.faults.append(_syntax(end, text) if isinstance(end, YAMLError) else end)
        lost_names.update(_NAME.findall(text))
    return Reading(
        documents=builder.documents,
        broken=builder.broken,
        problems=[_problem(path, fault) for fault in builder.faults],
        lost_names=lost_names,
    )


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


def _decoded(data: bytes, path: str) -> str | Reading:
    """The text of a file, or all that can be said of a file that holds none."""
    if len(data) > FILE_LIMIT:
        return Reading(problems=[too_large(Location(path), FILE_LIMIT)])
    try:
        text = data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        names = set(_NAME.findall(data.decode("utf-8", "replace")))
        return Reading(problems=[not_utf8(path, data, error.start)], lost_names=names)
    # Most files are plain ASCII, of which the bytes are looked at, in a tenth of the time.
    if data.translate(None, _PLAIN) and (found := _CONTROL.search(text)) is not None:
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        problem = Problem(
            rule="manifest-encoding",
            location=Location(path, line, column),
            summary="this file holds a character that no text needs",
            detail=f"The character is {shown(found[0])}.",
            remedy="Remove it; an editor that shows invisible characters helps.",
        )
        return Reading(problems=[problem], lost_names=set(_NAME.findall(text)))
    return text


def _problem(path: str, fault: YamlFault) -> Problem:
    return Problem(
        rule=fault.rule,
        location=Location(path, fault.line + 1, fault.column + 1),
        summary=fault.summary,
        detail=fault.detail,
        remedy=fault.remedy,
    )


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
