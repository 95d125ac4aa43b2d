"""No code reads back what is written for people: neither a sentence of a plan or a run, nor the words of an action's id.

A sentence is an attribute that holds words for people: `detail`, `summary`, `text`, `reason`, `remedies`, `facts`,
`problem`. An id of an action is readable, and opaque to code. What code may ask instead is typed: `rule`, `Reason.why`,
`EndReason`, `State`, `Effect`, the type of a step.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import reconciler

ROOT = Path(reconciler.__file__).parent
SENTENCES = frozenset({"detail", "summary", "text", "reason", "remedies", "facts", "problem"})
IDS = frozenset({"id", "action", "needs"})
READING = frozenset(
    [
        "startswith",
        "endswith",
        "find",
        "rfind",
        "index",
        "rindex",
        "count",
        "partition",
        "rpartition",
        "split",
        "rsplit",
        "splitlines",
        "removeprefix",
        "removesuffix",
    ]
)
"""Methods of a text by which a part of it is looked for. Those that only write it anew (`replace`, `format`) are none."""
PATTERNS = frozenset({"search", "match", "fullmatch", "findall", "finditer", "split"})
"""Functions of `re`, and methods of a pattern."""
WITHOUT_SENTENCES = (ROOT / "simulator", ROOT / "files" / "yaml")
"""The simulator is another reading of the API and has no sentence of ours; what `files/yaml` calls text is a file's."""

EXCEPTIONS = {
    "doctor/caption_rules.py: caption.text.startswith": "a caption is the user's own text, which the doctor judges",
    "doctor/caption_rules.py: text.rstrip(_QUOTES).endswith": "the same",
    "render/text.py: span.text.index": "the printer breaks lines",
    "render/text.py: span.text[:start]": "the same",
    "render/text.py: span.text[start + len(body):]": "the same",
    "render/text.py: findall(visible(span.text))": "the same",
}
"""Places that look into an attribute of such a name for a good reason. A printer's spans are words to be laid out."""


class _Reader(ast.NodeVisitor):
    """Finds the places in one module. `tainted` are local names that hold a sentence or an id."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []
        self.tainted: set[str] = set()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outer, self.tainted = self.tainted, set(self.tainted)
        for one in ast.walk(node):
            if isinstance(one, ast.Assign) and self._is_sentence(one.value):
                self.tainted |= {target.id for target in one.targets if isinstance(target, ast.Name)}
            elif isinstance(one, ast.NamedExpr) and self._is_sentence(one.value):
                self.tainted.add(one.target.id)
        self.generic_visit(node)
        self.tainted = outer

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)  # type: ignore[arg-type]

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            read = node.func.attr
            if read in READING and self._holds(node.func.value):
                self._note(node, f"{ast.unparse(node.func.value)}.{read}")
            elif read in PATTERNS and any(self._holds(argument) for argument in node.args):
                self._note(node, f"{read}({', '.join(map(ast.unparse, node.args))})")
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        for operation, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if (
                (isinstance(operation, ast.In | ast.NotIn) and self._is_sentence(right) and _is_words(left))
                or (
                    isinstance(operation, ast.Eq | ast.NotEq)
                    and (
                        (self._is_sentence(left) and _is_words(right)) or (self._is_sentence(right) and _is_words(left))
                    )
                )
                or (isinstance(operation, ast.In | ast.NotIn) and self._is_sentence(left) and _is_words(right))
            ):
                self._note(node, ast.unparse(node))
        self.generic_visit(node)

    def visit_Match(self, node: ast.Match) -> None:
        patterns = [pattern for case in node.cases for pattern in ast.walk(case.pattern)]
        if self._is_sentence(node.subject) and any(
            isinstance(one, ast.MatchValue) and _is_words(one.value) for one in patterns
        ):
            self._note(node, f"match {ast.unparse(node.subject)}")
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.slice, ast.Slice) and self._is_sentence(node.value):
            self._note(node, ast.unparse(node))
        self.generic_visit(node)

    def _note(self, node: ast.expr | ast.stmt, words: str) -> None:
        self.found.append((node.lineno, words))

    def _holds(self, node: ast.expr) -> bool:
        """Is a sentence anywhere in the expression?"""
        return any(isinstance(one, ast.expr) and self._is_sentence(one) for one in ast.walk(node))

    def _is_sentence(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Attribute):
            return node.attr in SENTENCES | IDS
        if isinstance(node, ast.BoolOp):
            return any(self._is_sentence(value) for value in node.values)
        return isinstance(node, ast.Name) and node.id in self.tainted


def _is_words(node: ast.expr) -> bool:
    """A text that is not empty, or several of them, or a constant that is named in capitals."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and node.value != ""
    if isinstance(node, ast.Tuple | ast.Set | ast.List):
        return any(_is_words(one) for one in node.elts)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Name) and node.id.isupper())


def reads(source: str) -> list[str]:
    """What one module's text looks for in sentences and ids."""
    reader = _Reader()
    reader.visit(ast.parse(source))
    return [words for _, words in reader.found]


def _all() -> Iterator[str]:
    for path in sorted(ROOT.rglob("*.py")):
        if not any(path.is_relative_to(room) for room in WITHOUT_SENTENCES):
            for words in reads(path.read_text(encoding="utf-8")):
                yield f"{path.relative_to(ROOT)}: {words}"


def test_no_code_reads_a_sentence_back() -> None:
    """Every place that does is an exception with a reason; and no exception is left over."""
    assert sorted(set(_all())) == sorted(EXCEPTIONS)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("result.detail.startswith('trained')", ["result.detail.startswith"]),
        ("action.id.endswith(' create')", ["action.id.endswith"]),
        ("one.text in WORDS", ["one.text in WORDS"]),
        ("'deleted' in refusal.summary", ["'deleted' in refusal.summary"]),
        ("item.reason == 'absent'", ["item.reason == 'absent'"]),
        ("re.search('v[0-9]', note.text)", ["search('v[0-9]', note.text)"]),
        ("_ID.match(change.reason or '')", ["match(change.reason or '')"]),
        ("def f(event):\n    words = event.detail\n    return words.endswith('already')", ["words.endswith"]),
        ("def f(one):\n    match one.detail:\n        case 'trained': pass", ["match one.detail"]),
        ("ids = action.id.partition(' v')", ["action.id.partition"]),
        ("result.reason is EndReason.TRAINED", []),
        ("one.detail == other.detail", []),
        ("done = results[action.id]", []),
        ("text = f'{one.text}.' if one.text else ''", []),
    ],
)
def test_what_counts_as_reading_a_sentence_back(source: str, found: list[str]) -> None:
    """Looking for a part of it, comparing it with words, matching on it; not printing it, and not asking whether it is."""
    assert reads(source) == found
