"""Read documents into manifests: every fault of a document becomes a Problem at its place."""

from reconciler.core.kind import Kind
from reconciler.core.manifest.document import Document
from reconciler.core.manifest.kinds import RULES
from reconciler.core.manifest.loaded import AbsentBody, Manifest
from reconciler.core.manifest.mismatch import keys_at, problems_of
from reconciler.core.manifest.names import name_problem
from reconciler.core.manifest.spec import API_VERSION
from reconciler.core.manifest.strict import Mismatch, fit
from reconciler.core.manifest.suggestion import did_you_mean, nearest, one_of
from reconciler.core.problem import Problem
from reconciler.core.ref import Ref, is_name
from reconciler.core.strictjson import Value
from reconciler.core.text import quoted

GALLERY = "Gallery"
"""What a manifest writes as its kind that declares no object: a gallery has no live side."""
_OBJECTS = tuple(kind.title for kind in Kind)
_TITLES = (*_OBJECTS, GALLERY)
_GALLERY_KEYS = frozenset({"model", "path", "cases"})
"""Enough of its keys to know it by: its types are not loaded for that."""
_KEYS = frozenset({"apiVersion", "kind", "metadata", "spec"})

_NAMES = (("metadata", "name"), *(("spec", kind.value) for kind in Kind if kind.below))
"""Where a manifest gives a name, or refers to one."""


def read_manifest(document: Document, *, ensure: str | None = None) -> Manifest | tuple[Problem, ...]:
    """The manifest that a document holds, or all that is wrong with it. `ensure` counts in place of the document's."""
    value = document.value
    if not isinstance(value, dict):
        return (_no_manifest(document),)
    kind = _kind(value)
    if kind is None:
        return (_without_kind(document, value) if value.get("kind") is None else _unknown_kind(document, value),)
    if value.get("apiVersion") != API_VERSION:
        return (_other_version(document, value),)
    is_absent = (ensure or _mapping(value, "metadata").get("ensure")) == "absent"
    body = fit(RULES[kind].body, value)
    mismatches = body if isinstance(body, tuple) else ()
    if is_absent:
        mismatches = tuple(found for found in mismatches if found.kind != "missing" or _is_needed(found, kind))
    problems = _name_problems(document, value)
    if mismatches or document.has_null:
        problems = [*problems_of(document, mismatches, RULES[kind].vocabulary), *problems]
    if problems:
        return tuple(problems)
    if is_absent:
        return _absent(document, value, kind)
    assert not isinstance(body, tuple)
    return Manifest(ref=Ref(kind, body.metadata.name), body=body, document=document)


def is_gallery(document: Document) -> bool:
    """Does a document declare a gallery? `core.manifest.gallery` reads those."""
    return isinstance(document.value, dict) and document.value.get("kind") == GALLERY


def _is_needed(found: Mismatch, kind: Kind) -> bool:
    """Does an absent manifest need the key that is missing? Its name and its parent find what is to be deleted."""
    if kind.parent is not None and found.steps in {("spec",), ("spec", kind.parent.value)}:
        return True
    return found.steps == ("metadata", "name")


def _absent(document: Document, value: dict[str, Value], kind: Kind) -> Manifest:
    """What is left of a sound manifest once it says `ensure: absent`."""
    metadata, spec = _mapping(value, "metadata"), _mapping(value, "spec")
    name, project_name, id_ = metadata["name"], spec.get("project_name"), metadata.get("id")
    assert isinstance(name, str)
    parent = None if kind.parent is None else spec[kind.parent.value]
    body = AbsentBody(
        parent=parent if isinstance(parent, str) else None,
        project_name=project_name if isinstance(project_name, str) else None,
        id=id_ if isinstance(id_, int) else None,
    )
    return Manifest(ref=Ref(kind, name), body=body, document=document)


def declared_refs(document: Document) -> frozenset[Ref] | None:
    """The refs that a document with faults may claim: one of each kind where its own kind is not known.

    A reference to one of them is not unknown. None for a manifest without a name that can be read: it may be any object.
    """
    value = document.value
    if not isinstance(value, dict) or not _KEYS & value.keys() or is_gallery(document):
        return frozenset()
    kind, name = _kind(value), _mapping(value, "metadata").get("name")
    if not isinstance(name, str) or not is_name(name):
        return None
    return refs_named(name) if kind is None else frozenset({Ref(kind, name)})


def refs_named(name: str) -> frozenset[Ref]:
    """The objects of all kinds that a name can mean; none if it is no name."""
    return frozenset(Ref(kind, name) for kind in Kind) if is_name(name) else frozenset()


def _kind(value: dict[str, Value]) -> Kind | None:
    written = value.get("kind")
    return Kind(written.lower()) if isinstance(written, str) and written in _OBJECTS else None


def _mapping(value: dict[str, Value], key: str) -> dict[str, Value]:
    """The mapping below a key; an empty one if there is none."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _no_manifest(document: Document) -> Problem:
    return Problem(
        rule="manifest-shape",
        location=document.at(),
        summary="this is no manifest",
        detail="A manifest begins with apiVersion, kind, metadata and spec.",
        remedy="Move the file out of the manifest folder, or into a folder whose name begins with a dot.",
    )


def _without_kind(document: Document, value: dict[str, Value]) -> Problem:
    """A manifest that lost its kind, or never had one; a document without any key of a manifest is none."""
    if not _KEYS & value.keys():
        return _no_manifest(document)
    has_key = "kind" in value
    other = None if has_key else nearest("kind", value.keys() - _KEYS)
    guess = _kind_by_keys(value)
    remedy = f"Write kind: {guess}" if guess is not None else "Write it above metadata."
    return Problem(
        rule="manifest-kind-missing",
        location=document.at_key("kind") if other is None else document.at_key(other),
        summary='"kind" has no value' if has_key else '"kind" is missing in this manifest',
        detail=f"It is {one_of(_TITLES)}.",
        remedy=remedy if other is None else f"Write kind instead of {other}.",
    )


def _kind_by_keys(value: dict[str, Value]) -> str | None:
    """The kind that knows most keys of `spec`; None if no kind, or more than one, knows most."""
    keys = _mapping(value, "spec").keys()
    known = {kind.title: len(keys & set(keys_at(RULES[kind].body, ("spec",)))) for kind in Kind}
    known[GALLERY] = len(keys & _GALLERY_KEYS)
    most = [kind for kind, number in known.items() if number == max(known.values())]
    return most[0] if len(most) == 1 else None


def _unknown_kind(document: Document, value: dict[str, Value]) -> Problem:
    written = value["kind"]
    return Problem(
        rule="manifest-kind",
        location=document.at("kind"),
        summary=f"unknown kind {quoted(str(written), 60)}",
        detail=f"The kinds are {one_of(_TITLES)}.",
        remedy=did_you_mean(str(written), _TITLES),
    )


def _other_version(document: Document, value: dict[str, Value]) -> Problem:
    written = value.get("apiVersion")
    return Problem(
        rule="manifest-version",
        location=document.at_key("apiVersion"),
        summary=f"apiVersion must be {quoted(API_VERSION)}",
        detail=f"Found {quoted(str(written), 60)}." if "apiVersion" in value else "It is missing.",
        remedy=f"Write apiVersion: {API_VERSION}",
    )


def _name_problems(document: Document, value: dict[str, Value]) -> list[Problem]:
    """What is wrong with the names that a manifest gives and refers to."""
    found: list[Problem] = []
    for above, key in _NAMES:
        name = _mapping(value, above).get(key)
        if isinstance(name, str) and not is_name(name):
            found += name_problem(name, document.at(above, key))
    return found
