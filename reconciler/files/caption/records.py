"""Caption files with one record for each image: metadata.jsonl and metadata.csv, as Hugging Face has them."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import groupby

from reconciler.core.problem import Location, Problem
from reconciler.core.strictjson import BadJson, Value, loads
from reconciler.core.text import count, in_words, quoted
from reconciler.core.value import dataclass

RECORD_LIMIT = 64 * 1024
"""Characters of one record."""

NAME = "file_name"
WORDS = ("text", "caption")
"""Keys and columns under which a caption may stand."""

_LISTED = 3
"""The most lines and keys that a message lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a file says about one image. `word` is the key or column of its caption, whose value is `value`."""

    name: str
    word: str
    value: Value
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a record cannot be used. All records of a file with the same fault become one Problem."""

    line: int
    rule: str
    one: str
    many: str
    detail: str
    remedy: str

    @property
    def cause(self) -> tuple[str, str, str]:
        """What is the same in records that have one fault."""
        return self.rule, self.detail, self.remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a CSV file: its cells, and the text that it was read from, with its line end."""

    cells: tuple[str, ...]
    raw: str
    line: int


class BadRows(ValueError):
    """A text that is no CSV from a line on. Says why, in a few words."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where a CSV file has the name and the caption of an image. `word` is the name of the second column."""

    name: int
    caption: int
    word: str
    number: int


def read_lines(text: str, path: str) -> tuple[list[Record], list[Problem]]:
    """The records of a metadata.jsonl. `path` is what problems call the file."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if (shape := _shape_of_lines(lines, path)) is not None:
        return [], [shape]
    return _parted((_record_of_line(line, number) for number, line in lines), path)


def read_table(text: str, path: str) -> tuple[list[Record], list[Problem]]:
    """The records of a metadata.csv. `path` is what problems call the file."""
    try:
        rows = [row for row in rows_of(text) if any(row.cells)]
    except BadRows as bad:
        return _parted([_bad(bad.line, f"{str(bad)[0].upper()}{str(bad)[1:]}.", _ROW)], path)
    columns = columns_of(rows[0], path) if rows else None
    if not isinstance(columns, Columns):
        return [], [] if columns is None else [columns]
    return _parted((_record_of_row(row, columns) for row in rows[1:]), path)


def rows_of(text: str) -> Iterator[Row]:
    """The rows of a CSV text; BadRows where it is none."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            taken.append(line)
            yield line

    reader = csv.reader(lines(), strict=True)
    first = 1
    try:
        for cells in reader:
            yield Row(cells=tuple(cells), raw="".join(taken), line=first)
            first = reader.line_num + 1
            taken.clear()
    except csv.Error as error:
        raise BadRows(first, str(error)) from None


def columns_of(header: Row, path: str) -> Columns | Problem:
    """The columns that a first row names."""
    names = [cell.strip() for cell in header.cells]
    place = Location(path, header.line, 1)
    if NAME not in names:
        other = next((mark for mark in (";", "\t") if mark in header.raw), None)
        if other is not None:
            mark = "tabs" if other == "\t" else quoted(other)
            return _shape(place, f"its columns are separated by {mark}", "", "Save it as CSV with commas.")
        return _shape(place, f'it has no column "{NAME}"', _known("columns", names), _TABLE)
    words = [word for word in WORDS if word in names]
    if not words:
        return _shape(place, 'it has no column "text" or "caption"', _known("columns", names), _TABLE)
    if len(words) > 1:
        detail = "Which of the two columns holds the captions cannot be told."
        return _shape(place, 'it has the columns "text" and "caption"', detail, "Give one of them another name.")
    return Columns(name=names.index(NAME), caption=names.index(words[0]), word=words[0], number=len(names))


def word_of(record: dict[str, Value]) -> str | None:
    """The key under which a record has its caption; None where there is none, or two that differ."""
    words = [word for word in WORDS if word in record]
    return words[0] if words and all(record[word] == record[words[0]] for word in words) else None


def _record_of_line(line: str, number: int) -> Record | Fault:
    if len(line) > RECORD_LIMIT:
        return _bad(number, f"It is longer than {RECORD_LIMIT:,} characters.")
    try:
        value = loads(line)
    except BadJson as bad:
        return _bad(number, f"{str(bad)[0].upper()}{str(bad)[1:]}.")
    name = value.get(NAME) if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(name, str):
        return _bad(number, 'It has no "file_name".')
    word = word_of(value)
    if word is not None:
        return Record(name=name, word=word, value=value[word], line=number)
    if any(word in value for word in WORDS):
        return _bad(number, 'It has a "text" and a "caption", which differ.', "Keep one of the two.")
    return Fault(
        line=number,
        rule="caption-text",
        one="this line has no caption",
        many="{number} lines have no caption",
        detail=_known("keys", value),
        remedy='Write the caption under "text" or "caption".',
    )


def _record_of_row(row: Row, columns: Columns) -> Record | Fault | None:
    """What a row says; None where its cell for the caption is empty."""
    if len(row.cells) != columns.number:
        detail = f"{count(len(row.cells), 'cell')}; the first line names {count(columns.number, 'column')}."
        return _bad(row.line, detail, "Put a text that holds a comma into double quotes.")
    if len(row.raw) > RECORD_LIMIT:
        return _bad(row.line, f"It is longer than {RECORD_LIMIT:,} characters.", _ROW)
    text = row.cells[columns.caption]
    if not text.strip():
        return None
    return Record(name=row.cells[columns.name], word=columns.word, value=text, line=row.line)


def _shape_of_lines(lines: list[tuple[int, str]], path: str) -> Problem | None:
    """What is wrong with a file that has JSON, but not one object on each line."""
    if not lines:
        return None
    number, first = lines[0][0], lines[0][1].strip()
    place = Location(path, number, 1)
    way = "Write each object on one line, for example with `jq -c {what} FILE`."
    if first == "[" or (first.startswith("[") and len(lines) == 1):
        return _shape(place, "it is one JSON list", "", way.format(what="'.[]'"))
    if first == "{":
        return _shape(place, "its objects go over several lines", "", way.format(what="."))
    return None


def _parted(found: Iterable[Record | Fault | None], path: str) -> tuple[list[Record], list[Problem]]:
    """Records and problems apart, with one problem for each cause."""
    both = list(found)
    faults = sorted((one for one in both if isinstance(one, Fault)), key=lambda fault: fault.cause)
    problems = [_problem(list(group), path) for _, group in groupby(faults, key=lambda fault: fault.cause)]
    return [one for one in both if isinstance(one, Record)], problems


def _problem(faults: list[Fault], path: str) -> Problem:
    first, rest = faults[0], faults[1:]
    lines = [f"{fault.line:,}" for fault in faults[:_LISTED]]
    more = " and more" if len(faults) > _LISTED else ""
    where = f"Lines {', '.join(lines) if more else in_words(lines, 'and')}{more}."
    return Problem(
        rule=first.rule,
        location=Location(path, first.line, 1),
        summary=first.many.format(number=f"{len(faults):,}") if rest else first.one,
        detail=f"{first.detail} {where}" if rest else first.detail,
        remedy=first.remedy,
    )


_LINE = 'Each line looks like {"file_name": "wave.png", "text": "waving with both arms."}'
_ROW = 'Each line looks like: wave.png,"waving with both arms."'
_TABLE = 'The first line is: file_name,text; each other one looks like: wave.png,"waving with both arms."'


def _bad(line: int, detail: str, remedy: str = _LINE) -> Fault:
    return Fault(
        line=line,
        rule="caption-line",
        one="this line cannot be read",
        many="{number} lines cannot be read",
        detail=detail,
        remedy=remedy,
    )


def _shape(place: Location, what: str, detail: str, remedy: str) -> Problem:
    summary = f"this is no caption file: {what}"
    return Problem(rule="caption-file", location=place, summary=summary, detail=detail, remedy=remedy)


def _known(what: str, names: Iterable[str]) -> str:
    """`Its keys are "file_name" and "prompt".`"""
    words = [quoted(name, 40) for name in names]
    more = f" and {len(words) - 6} more" if len(words) > 6 else ""
    return f"Its {what} are {', '.join(words[:6])}{more}." if more else f"Its {what} are {in_words(words, 'and')}."
