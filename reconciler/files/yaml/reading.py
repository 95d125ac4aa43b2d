"""YAML read from its event stream: everything is judged before an object is built, and every place is kept."""

from codecs import BOM_UTF8
from dataclasses import field
from typing import TYPE_CHECKING

from reconciler.core.manifest.document import Document
from reconciler.core.pattern import pattern
from reconciler.core.problem import Location, Problem
from reconciler.core.text import shown
from reconciler.core.value import dataclass
from reconciler.files.text_file import not_utf8, too_large

if TYPE_CHECKING:
    from reconciler.files.yaml.builder import YamlFault

FILE_LIMIT = 1_000_000
"""Bytes of one YAML file."""

DEPTH_LIMIT = 32
"""Mappings and lists inside each other."""

_CONTROL = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u2028\u2029]")
_PLAIN = bytes((0x09, 0x0A, 0x0D, *range(0x20, 0x7F)))
"""The characters of ASCII that are no control characters."""

_NAME = pattern(r"""\bname:[ \t]*["']?([a-z0-9-]+)""")


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
    from reconciler.files.yaml.parsing import parsed

    builder, is_whole = parsed(text, path, pure=pure, is_lenient=is_lenient)
    return Reading(
        documents=builder.documents,
        broken=builder.broken,
        problems=[_problem(path, fault) for fault in builder.faults],
        lost_names=set() if is_whole else set(_NAME.findall(text)),
    )


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


def _problem(path: str, fault: "YamlFault") -> Problem:
    return Problem(
        rule=fault.rule,
        location=Location(path, fault.line + 1, fault.column + 1),
        summary=fault.summary,
        detail=fault.detail,
        remedy=fault.remedy,
    )
