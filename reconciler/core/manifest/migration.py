"""A project of the prefix family declared once more in the schema family: new manifests beside the old ones.

Nothing old is touched, because families never mix in a project and no live object changes its family: what is new is a
project, its datasets and its models. The images are those that lie there; only their paths are written again.
"""

import json
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from typing import Literal

from reconciler.core.desired import Desired, DesiredDataset, DesiredProject
from reconciler.core.guide import SchemaGuide, schema_guide
from reconciler.core.kind import Kind
from reconciler.core.manifest.loaded import Loaded, Manifest
from reconciler.core.manifest.text_rules import NAME_LIMIT
from reconciler.core.problem import Problem, ProblemsFound
from reconciler.core.ref import Ref
from reconciler.core.strictjson import Value
from reconciler.core.text import count, normal
from reconciler.core.value import dataclass

TextsAs = Literal["json", "automatic"]
"""What becomes of declared captions: JSON captions that hold the text, or automatic ones."""

TEXT_KEY = "short_description"
"""The key under which a JSON caption holds the text of an old caption."""

SUFFIX = "-schema"
MANIFEST_NAME_LIMIT = 28
"""Characters of `metadata.name`."""

_LOST_KEYS = ("training_version", "aliases", "mirror_aliases", "promotion")
"""Keys of a model that the schema family does not have, or that name versions of the old model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewManifest:
    """A manifest to be written: what it declares, after which old one, and the path of its file below the root."""

    ref: Ref
    old: Manifest
    path: str
    document: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """All that is to be written, by path below the root; `left` says what the new manifests do not take along."""

    manifests: tuple[NewManifest, ...]
    captions: Mapping[str, str]
    left: tuple[tuple[Ref, str], ...]


def template(project: DesiredProject, dataset: DesiredDataset) -> SchemaGuide:
    """A first schema that says what project and prefix say. The API publishes no inner form, so any keys will do."""
    subject = {"name": project.ip_name, "description": project.ip_description}
    known: dict[str, Value] = {key: text for key, text in subject.items() if text}
    document: dict[str, Value] = {"medium": project.ip_medium}
    if known:
        document["subject"] = known
    document["description"] = normal(dataset.guide.line).rstrip(" ,")
    return schema_guide(document)


def require_enough_images(loaded: Loaded, desired: Desired, project: Ref) -> None:
    """ProblemsFound for each dataset that is to be completed with fewer images than the schema family asks for."""
    least = SchemaGuide.least_images
    places = {manifest.ref: manifest.document.at("spec", "images", "path") for manifest in loaded.manifests}
    problems = [
        Problem(
            rule="dataset-count",
            location=places[dataset.ref],
            summary=f"{count(len(dataset.images), 'image')} are too few for the schema family",
            detail=f"A dataset with a visual_schema is completed with {least} images or more.",
            remedy="Add images, or write `status: draft`; then migrate.",
        )
        for dataset in desired.datasets_of(project)
        if dataset.completed and len(dataset.images) < least
    ]
    if problems:
        raise ProblemsFound(problems, end="nothing was written")


def migration(
    loaded: Loaded, desired: Desired, project: Ref, schemas: Mapping[Ref, SchemaGuide], texts_as: TextsAs
) -> Migration:
    """The manifests of a new project with a dataset and a model for each of the old one's."""
    inside = [project, *(one.ref for one in desired.inside(project))]
    manifests = {manifest.ref: manifest for manifest in loaded.manifests}
    names = _new_names(inside, {*manifests, *loaded.broken})
    paths: set[str] = set()
    new = []
    for ref in inside:
        old = manifests[ref]
        path = _path(loaded, old, names[ref], paths)
        paths.add(path)
        document = _document(old, names, desired, schemas.get(ref), texts_as)
        new.append(NewManifest(ref=names[ref], old=old, path=path, document=document))
    datasets = desired.datasets_of(project)
    captions: dict[str, str] = {}
    for dataset in datasets if texts_as == "json" else ():
        captions |= _json_captions(dataset)
    left = [words for dataset in datasets if texts_as == "automatic" for words in _texts_left(dataset)]
    left += [(ref, f"{key} stays with the old model") for ref in inside for key in _left_keys(manifests[ref])]
    return Migration(manifests=tuple(new), captions=captions, left=tuple(left))


def _new_names(refs: Collection[Ref], taken: Collection[Ref]) -> dict[Ref, Ref]:
    """A free name for each: the old one with a suffix, cut where it would be too long."""
    names: dict[Ref, Ref] = {}
    for ref in refs:
        number, new = 1, _renamed(ref, SUFFIX)
        while new in taken or new in names.values():
            number += 1
            new = _renamed(ref, f"{SUFFIX}-{number}")
        names[ref] = new
    return names


def _renamed(ref: Ref, suffix: str) -> Ref:
    return Ref(ref.kind, ref.name[: MANIFEST_NAME_LIMIT - len(suffix)].rstrip("-") + suffix)


def _path(loaded: Loaded, old: Manifest, ref: Ref, taken: Collection[str]) -> str:
    """A file beside the old one, so that relative paths lead to the same images."""
    folder = PurePosixPath(old.document.path).relative_to(loaded.location.path).parent
    path = str(folder / f"{ref.name}.yaml")
    return path if path not in taken else str(folder / f"{ref.name}-{ref.kind.value}.yaml")


def _document(
    old: Manifest, names: Mapping[Ref, Ref], desired: Desired, schema: SchemaGuide | None, texts_as: TextsAs
) -> Mapping[str, Value]:
    """What the new manifest says: what the old one says, in its order, but for what the family changes."""
    value = old.document.value
    assert isinstance(value, dict)
    spec = value["spec"]
    assert isinstance(spec, dict)
    match old.ref.kind:
        case Kind.PROJECT:
            spec = _project_spec(spec, desired.projects[old.ref], desired)
        case Kind.DATASET:
            assert schema is not None, "each dataset has its schema"
            spec = _dataset_spec(spec, desired.datasets[old.ref], names, schema, texts_as)
        case Kind.MODEL:
            kept = {key: item for key, item in spec.items() if key not in _LOST_KEYS}
            spec = {**kept, "dataset": names[desired.models[old.ref].dataset].name}
    return {**value, "metadata": {"name": names[old.ref].name}, "spec": spec}


def _project_spec(spec: dict[str, Value], project: DesiredProject, desired: Desired) -> dict[str, Value]:
    taken = {other.project_name for other in desired.projects.values()}
    number, name = 1, f"{project.project_name[: NAME_LIMIT - 20]} schema"
    while name in taken:
        number += 1
        name = f"{project.project_name[: NAME_LIMIT - 20]} schema {number}"
    return {
        "project_name": name,
        **{key: item for key, item in spec.items() if key != "project_name"},
        "family": "schema",
    }


def _dataset_spec(
    spec: dict[str, Value], dataset: DesiredDataset, names: Mapping[Ref, Ref], schema: SchemaGuide, texts_as: TextsAs
) -> dict[str, Value]:
    new: dict[str, Value] = {}
    for key, item in spec.items():
        match key:
            case "project":
                new[key] = names[dataset.project].name
            case "caption_prefix":
                new["visual_schema"] = schema.document
            case "captions":
                new[key] = {"source": "sidecar" if texts_as == "json" and dataset.captions else "automatic"}
            case _:
                new[key] = item
    return new


def _json_captions(dataset: DesiredDataset) -> dict[str, str]:
    """The declared texts as JSON captions, each in a file beside its image."""
    return {
        str(PurePosixPath(image.path).with_suffix(".json")): json.dumps({TEXT_KEY: image.caption}, ensure_ascii=False)
        + "\n"
        for image in sorted(dataset.images, key=lambda image: image.name)
        if image.caption is not None
    }


def _texts_left(dataset: DesiredDataset) -> list[tuple[Ref, str]]:
    number = sum(caption is not None for caption in dataset.captions or ())
    words = f"{count(number, 'declared caption')} stay with the old dataset: the new one has automatic captions"
    return [(dataset.ref, words)] if number else []


def _left_keys(manifest: Manifest) -> list[str]:
    value = manifest.document.value
    spec = value.get("spec") if isinstance(value, dict) else None
    if manifest.ref.kind is not Kind.MODEL or not isinstance(spec, dict):
        return []
    return [key for key in ("aliases", "promotion") if key in spec]
