"""A gallery by hand: columns, cases and what is there of each, for looking at comparisons and reports."""

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from reconciler.core.gallery import CaseResult, CaseState, Column, DesiredGallery, GalleryCase
from reconciler.core.generation.body import asked
from reconciler.core.kind import Kind
from reconciler.core.order import Drawer, Draws, Order
from reconciler.core.problem import Location
from reconciler.core.ref import Ref
from reconciler.core.strictjson import Value
from reconciler.gallery.approval import Approved, Standing
from reconciler.gallery.comparison import ComparedColumn, Comparison, compared

MODEL = Ref(Kind.MODEL, "lora-max")
OLD, NEW = Column("a51be07aa9c13"), Column("af43611b7d40c")
PRODUCTION = ComparedColumn(column=OLD, names=("production",), number=2)
CANDIDATE = ComparedColumn(column=NEW, names=("candidate", "current"), number=3)
ANEW = "the case was defined differently when it was drawn"
APPROVED = Standing(fingerprint=OLD.fingerprint, approved=Approved.YES)
OPEN = Standing(fingerprint=NEW.fingerprint, approved=Approved.INCOMPLETE, incomplete={"portrait": CaseState.UNKNOWN})


def case(name: str, prompt: str = "waving with one hand", **changed: object) -> GalleryCase:
    values: dict[str, Any] = {"prompt": prompt, "given": {"seed": 7}}
    return GalleryCase(name=name, order=Order(**(values | changed)), location=Location("gallery.yaml", 9))


CASES = (
    case("waving"),
    case("badge", "a round badge", draws=Draws.VECTOR),
    case("house", "a house by the sea", draws=Draws.REIMAGINE),
    case("portrait", "", draws=Draws.PORTRAIT),
    case("words", "a fox", draws=Draws.STRUCTURED),
)


def gallery(*cases: GalleryCase, **changed: object) -> DesiredGallery:
    values: dict[str, Any] = {
        "name": "lora-looks",
        "location": Location("gallery.yaml", 1),
        "model": MODEL,
        "folder": "looks",
        "cases": cases or CASES,
    }
    return DesiredGallery(**(values | changed))


def record(of: GalleryCase, column: Column = OLD, **changed: Value) -> dict[str, Value]:
    """What a run writes beside a picture. Words in `changed` go over it; those of a parameter go among the parameters."""
    is_words = of.order.draws is Draws.STRUCTURED
    drawer = Drawer(ref=MODEL, version=None if is_words else "light", medium="illustration")
    parameters = dict(asked(of.order, drawer, 1).recorded)
    whole: dict[str, Value] = {
        "model": MODEL.name,
        "version": 2 if column.fingerprint == OLD.fingerprint else 3,
        "fingerprint": column.fingerprint,
        "checkpoint": column.checkpoint,
        "training_version": "fibo" if is_words else "light",
        "kind": of.order.draws.value,
        "operation": "text-to-image-tailored",
        "prompt": of.order.prompt,
        "sent_prompt": f"A drawing of {of.order.prompt}",
        "seed": 7,
        "case": of.name,
        "definition": of.definition,
        "file": {"type": "image/png", "size": 1_234_567, "width": 1024, "height": 1024},
    }
    told = {name: value for name, value in changed.items() if name in whole}
    parameters |= {name: value for name, value in changed.items() if name not in whole}
    # As a file has it: what the program holds as pictures and tuples is plain there.
    kept: Value = json.loads(json.dumps(parameters))
    return {**whole, **told, "parameters": kept}


def digest_of(of: str, column: Column) -> str:
    """The digest of the picture of a case, another one in each column."""
    return sha256(f"{of} {column.folder_name}".encode(errors="surrogatepass")).hexdigest()


def result(of: GalleryCase, column: Column = OLD, **changed: object) -> CaseResult:
    values: dict[str, Any] = {
        "case": of.name,
        "column": column,
        "state": CaseState.PRESENT,
        "file": f"looks/{column.folder_name}/{of.name}.png",
        "digest": digest_of(of.name, column),
        "record": record(of, column),
    }
    return CaseResult(**(values | changed))


def results(*found: CaseResult) -> Mapping[tuple[Column, str], CaseResult]:
    return {(one.column, one.case): one for one in found}


def comparison() -> Comparison:
    """Two versions, one of them approved, and every state that a case can be in."""
    waving, badge, house, portrait, words = CASES
    lost = "a request was about to be sent, and what became of it is not known"
    earlier = record(case("badge", "a square badge", draws=Draws.VECTOR, given={"seed": 5}), NEW, seed=5)
    sketch = record(waving, NEW, sent_prompt="A sketch of waving with one hand", steps_num=30)
    found = (
        result(waving),
        result(waving, NEW, record=sketch),
        result(badge, file=f"looks/{OLD.folder_name}/badge.svg"),
        result(badge, NEW, state=CaseState.STALE, record=earlier, reason=ANEW),
        result(house, digest="1" * 64),
        result(house, NEW, digest="1" * 64),
        result(portrait, has_content=False),
        CaseResult(case="portrait", column=NEW, state=CaseState.UNKNOWN, reason=lost),
        result(words, file=f"looks/{OLD.folder_name}/words.prompt.json"),
        result(words, NEW, state=CaseState.DAMAGED, reason="its picture is not the one that its record says"),
    )
    columns = replace(PRODUCTION, standing=APPROVED), replace(CANDIDATE, standing=OPEN)
    return compared(gallery(), columns, results(*found))
