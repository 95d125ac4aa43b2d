"""Captions written into metadata.jsonl and metadata.csv. Lines that do not change stay as they are, byte for byte."""

import csv
import io
import json
from collections.abc import Mapping

from reconciler.core.problem import Problem
from reconciler.core.strictjson import BadJson, Value, loads
from reconciler.core.text import quoted
from reconciler.core.value import dataclass
from reconciler.files.caption.records import NAME, WORDS, BadRows, Columns, Row, columns_of, rows_of, word_of

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What formulas of spreadsheets begin with. A live caption is a foreign text, and a table is opened in a spreadsheet (H43)."""


class RecordsRefused(ValueError):
    """A file that cannot be understood, so nothing is written into it. Says why, in a few words."""


class FormulaRefused(ValueError):
    """A text that a spreadsheet would calculate, so nothing is written into a table. Says what to do."""


@dataclass(frozen=True, slots=True)
class JsonLines:
    """A metadata.jsonl: its lines without line ends, and what each says of which image."""

    lines: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "JsonLines":
        lines = tuple(line for line in text.split("\n") if line.strip())
        for record in map(_object, lines):
            if word_of(record) is None and any(word in record for word in WORDS):
                raise RecordsRefused('a line has a "text" and a "caption", which differ')
        return cls(lines)

    @property
    def captions(self) -> dict[str, Value]:
        """By the name of each image; None where its line has no caption."""
        records = map(_object, self.lines)
        return {name: _caption_of(record) for record in records if isinstance(name := record.get(NAME), str)}

    def with_captions(self, captions: Mapping[str, Value]) -> str:
        """The text with these captions. A line keeps its other keys; an image without a line gets one at the end."""
        left = dict(captions)
        lines = []
        for line in self.lines:
            record = _object(line)
            name = record.get(NAME)
            if isinstance(name, str) and name in left:
                lines.append(_json({**record, _key_of(record): left.pop(name)}))
            else:
                lines.append(line.removesuffix("\r"))
        word = next((word for line in self.lines if (word := word_of(_object(line))) is not None), WORDS[0])
        lines += [_json({NAME: name, word: value}) for name, value in sorted(left.items())]
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Table:
    """A metadata.csv: its rows with the texts that they were read from, and where the captions stand."""

    rows: tuple[Row, ...]
    columns: Columns

    @classmethod
    def parse(cls, text: str) -> "Table":
        try:
            rows = tuple(rows_of(text))
        except BadRows as bad:
            raise RecordsRefused(str(bad)) from None
        header = next((row for row in rows if any(row.cells)), None)
        columns = columns_of(header, "") if header is not None else None
        if not isinstance(columns, Columns):
            raise RecordsRefused(columns.summary if isinstance(columns, Problem) else "it is empty")
        if any(len(row.cells) != columns.number for row in rows if any(row.cells)):
            raise RecordsRefused("a row has more or fewer cells than the first")
        return cls(rows, columns)

    @property
    def captions(self) -> dict[str, Value]:
        """By the name of each image; None where its cell is empty."""
        place = self.columns
        return {row.cells[place.name]: row.cells[place.caption] or None for row in self.rows if any(row.cells)}

    def with_captions(self, captions: Mapping[str, Value]) -> str:
        """The text with these captions. A row keeps its other cells; an image without a row gets one at the end.

        FormulaRefused if a spreadsheet would calculate a text that is written.
        """
        for name, value in captions.items():
            _require_text(name, value)
        left = dict(captions)
        end = "\r\n" if self.rows[0].raw.endswith("\r\n") else "\n"
        parts = []
        for row in self.rows:
            value = left.pop(row.cells[self.columns.name], None) if any(row.cells) else None
            parts.append(row.raw if value is None else self._row(row.cells, value, end))
        if left and not parts[-1].endswith(("\n", "\r")):
            parts.append(end)
        for name, value in sorted(left.items()):
            cells = [""] * self.columns.number
            cells[self.columns.name] = name
            parts.append(self._row(cells, value, end))
        return "".join(parts)

    def _row(self, cells: "list[str] | tuple[str, ...]", value: Value, end: str) -> str:
        changed = list(cells)
        changed[self.columns.caption] = value if isinstance(value, str) else _json(value)
        out = io.StringIO()
        csv.writer(out, lineterminator=end).writerow(changed)
        return out.getvalue()


def _require_text(name: str, value: Value) -> None:
    if any(isinstance(text, str) and text.lstrip().startswith(_FORMULA) for text in (name, value)):
        raise FormulaRefused(
            f"the row of {quoted(name, 60)} would begin like a formula of a spreadsheet; "
            "keep captions in captions.yaml or metadata.jsonl"
        )


def _caption_of(record: dict[str, Value]) -> Value:
    word = word_of(record)
    return None if word is None else record[word]


def _key_of(record: dict[str, Value]) -> str:
    return next((word for word in WORDS if word in record), WORDS[0])


def _object(line: str) -> dict[str, Value]:
    try:
        value = loads(line)
    except BadJson as bad:
        raise RecordsRefused(f"a line cannot be read: {bad}") from None
    return value if isinstance(value, dict) else {}


def _json(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False)
