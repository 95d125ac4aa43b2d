"""Overlays: what is another in one account than in the next, and never what an object holds.

One tree serves several accounts. An overlay says how one of them differs: limits, live ids, which version production names.
Content stays in the manifests, so that a fingerprint is the same in each account.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import cache
from typing import Annotated, Literal

from reconciler.core.account import Account
from reconciler.core.kind import Kind
from reconciler.core.manifest.document import Document
from reconciler.core.manifest.kinds import RULES
from reconciler.core.manifest.mismatch import Vocabulary, all_keys, problems_of
from reconciler.core.manifest.model import ALIAS_TEXT, judge_alias
from reconciler.core.manifest.run_keys import AccountFile, LimitsFile, LiveId, account_of, account_problems
from reconciler.core.manifest.spec import Version
from reconciler.core.manifest.strict import Mismatch, Strict, fit
from reconciler.core.manifest.suggestion import one_of
from reconciler.core.problem import Location, Problem, in_order
from reconciler.core.ref import Ref, parse_ref
from reconciler.core.text import in_words, quoted
from reconciler.core.tier import Tier
from reconciler.core.typed import Key, names_of
from reconciler.core.value import dataclass

FOLDER = "overlays"
"""Below the root. No file in it is a manifest."""
TITLE = "an overlay"
RULE = "overlay"
KEYS_OF: Mapping[Kind, tuple[str, ...]] = {
    Kind.PROJECT: ("id", "ensure"),
    Kind.DATASET: ("ensure",),
    Kind.MODEL: ("ensure", "start", "aliases"),
}
"""What an overlay may say of an object, by kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectKeys(Strict):
    """What an overlay says of one object."""

    id: Annotated[LiveId | None, Key(description="The live id of the project in this account.")] = None
    ensure: Annotated[
        Literal["present", "absent"] | None, Key(description="absent: delete every live version of it in this account.")
    ] = None
    start: Annotated[bool | None, Key(description="false: create the model, but do not start the training.")] = None
    aliases: Annotated[
        dict[str, Version] | None,
        Key(
            description="Names for versions of this model, beside or in place of those of the manifest.",
            schema={"propertyNames": {"pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"}},
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayFile(Strict):
    """The whole file."""

    account: Annotated[AccountFile | None, Key(description="The account that this overlay is for.")] = None
    tier: Annotated[Tier | None, Key(description="The account's rate limit.")] = None
    limits: Annotated[
        LimitsFile | None, Key(description="What one apply may do unasked; others as in reconciler.yaml.")
    ] = None
    objects: Annotated[dict[str, ObjectKeys] | None, Key(description="What is another for one object, by its ref.")] = (
        None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How an object differs in an overlay; what is None or empty does not differ."""

    place: Location
    id: int | None = None
    ensure: str | None = None
    start: bool | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    alias_places: Mapping[str, Location] = field(default_factory=dict)
    """Where the version of each alias stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """One overlay. Where `problems` holds an error, nothing is set but which objects it names."""

    name: str
    path: str
    """As a person sees it from the working folder."""
    account: Account | None = None
    tier: Tier | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    objects: Mapping[Ref, Difference] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_overlay(document: Document, name: str) -> Overlay:
    """The overlay that a document holds, or all that is wrong with it."""
    found = fit(OverlayFile, document.value)
    named, problems = _named(document)
    places = {ref: Difference(place=document.at_key("objects", text)) for text, ref in named.items()}
    if isinstance(found, tuple) or document.has_null:
        problems += _misfits(document, found)
        return Overlay(name=name, path=document.path, objects=places, problems=in_order(problems))
    told = {ref: (found.objects or {})[text] for text, ref in named.items()}
    problems += account_problems(found.account, document, RULE)
    problems += (problem for text, ref in named.items() for problem in _judge(ref, told[ref], text, document))
    faults = in_order(problems)
    if any(problem.is_error for problem in faults):
        return Overlay(name=name, path=document.path, objects=places, problems=faults)
    objects = {ref: _difference(document, text, told[ref]) for text, ref in named.items()}
    return Overlay(
        name=name,
        path=document.path,
        account=account_of(found.account),
        tier=found.tier,
        limits=found.limits.said if found.limits else {},
        objects=objects,
        problems=faults,
    )


_WORDS = Vocabulary(
    title=TITLE,
    rule=RULE,
    model=OverlayFile,
    texts={("aliases",): ALIAS_TEXT},
    examples={
        ("account",): "Write it as `account: {name: brand, project: 1001}`.",
        ("objects",): "Write it as `objects: {model/lora-max: {start: false}}`.",
    },
)


def _misfits(document: Document, found: OverlayFile | tuple[Mismatch, ...]) -> tuple[Problem, ...]:
    mismatches = found if isinstance(found, tuple) else ()
    content = [one for one in mismatches if _is_content(one)]
    others = [one for one in mismatches if one not in content]
    return in_order([*problems_of(document, others, _WORDS), *(_content(document, one) for one in content)])


@cache
def _content_keys() -> frozenset[str]:
    """Keys of manifests that overlays do not have."""
    keys = {steps[-1] for rules in RULES.values() for steps in all_keys(rules.body)}
    return frozenset(keys - names_of(ObjectKeys))


def _is_content(found: Mismatch) -> bool:
    """Is it a key of a manifest, where an overlay has none?"""
    return found.kind == "extra_forbidden" and found.steps[0] == "objects" and found.steps[-1] in _content_keys()


def _content(document: Document, found: Mismatch) -> Problem:
    return Problem(
        rule=f"{RULE}-content",
        location=document.at_key(*found.steps),
        summary=f"an overlay holds no content: {quoted(str(found.steps[-1]), 60)} stands in the manifest",
        detail="So a fingerprint is the same in each account.",
        remedy="Move it into the manifest; there it holds for all accounts.",
    )


def _named(document: Document) -> tuple[dict[str, Ref], list[Problem]]:
    """The objects that an overlay names, whatever it says of them, and the names that are none."""
    value = document.value_at("objects")
    refs: dict[str, Ref] = {}
    problems: list[Problem] = []
    for text in value if isinstance(value, dict) else ():
        try:
            refs[text] = parse_ref(text)
        except ValueError as error:
            is_gallery = text.startswith("gallery/")
            detail = "A gallery has no live side, so it is the same in each account." if is_gallery else f"{error}."
            problems.append(_no_object(document.at_key("objects", text), text, detail))
    return refs, problems


def _difference(document: Document, text: str, keys: ObjectKeys) -> Difference:
    places = document.places("objects", text, "aliases")
    return Difference(
        place=document.at_key("objects", text),
        id=keys.id,
        ensure=keys.ensure,
        start=keys.start,
        aliases=keys.aliases or {},
        alias_places={label: place for label, (_, place) in places.items()},
    )


def _judge(ref: Ref, keys: ObjectKeys, text: str, document: Document) -> Iterator[Problem]:
    """Keys that another kind has, and the rules for aliases."""
    for key in sorted(keys.written - set(KEYS_OF[ref.kind])):
        kinds = in_words((kind.value for kind in KEYS_OF if key in KEYS_OF[kind]), "or")
        yield Problem(
            rule=f"{RULE}-key",
            location=document.at_key("objects", text, key),
            summary=f"an overlay does not say {quoted(key)} of a {ref.kind.value}",
            detail=f"It is for a {kinds}.",
            remedy=f"Of a {ref.kind.value} it says {one_of(KEYS_OF[ref.kind])}.",
        )
    places = document.places("objects", text, "aliases")
    for label, version in (keys.aliases or {}).items():
        yield from judge_alias(label, version, *places[label])


def _no_object(place: Location, text: str, detail: str) -> Problem:
    return Problem(
        rule=f"{RULE}-object",
        location=place,
        summary=f"{quoted(text, 60)} names no object",
        detail=detail,
        remedy="For example: model/lora-max",
    )


def no_overlay(place: Location, detail: str) -> Problem:
    """A file in the folder of overlays that is none."""
    return Problem(
        rule=f"{RULE}-shape",
        location=place,
        summary="this is no overlay",
        detail=detail,
        remedy=f"In the folder {FOLDER} of the root stand overlays only, as NAME.yaml; move other files out of it.",
    )


def names_in(files: Iterable[str]) -> tuple[str, ...]:
    """The names of the overlays among the files of their folder."""
    return tuple(sorted(name.removesuffix(".yaml") for name in files if name.endswith(".yaml")))
