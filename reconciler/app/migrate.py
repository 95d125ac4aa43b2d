"""`migrate`: declare a project of the prefix family once more in the schema family. Nothing old is changed or removed."""

import contextlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from reconciler.app.exceptions import Refused, refused, undeclared
from reconciler.app.guide_proposal import GuideRequest, Proposal, propose, require_images
from reconciler.app.offline import plan_offline
from reconciler.app.planning import Scope
from reconciler.app.revision import BaseTree
from reconciler.app.session import Session
from reconciler.app.settings import Settings
from reconciler.app.validate import resolve_tree, validate
from reconciler.core.desired import Desired
from reconciler.core.guide import SchemaGuide
from reconciler.core.manifest.loaded import Loaded
from reconciler.core.manifest.migration import Migration, TextsAs, migration, require_enough_images, template
from reconciler.core.manifest.spec import DatasetBody
from reconciler.core.plan import Plan
from reconciler.core.problem import ProblemsFound
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass
from reconciler.files.configuration import load_configuration
from reconciler.files.file_edit import FileEdit
from reconciler.files.load import load
from reconciler.files.new_manifest import manifest_text
from reconciler.files.overlay import with_overlay
from reconciler.files.tree import Tree
from reconciler.files.whole_file import create_file


@dataclass(frozen=True, slots=True, kw_only=True)
class OldProject:
    """The tree before anything is written, and the project that is to be declared once more."""

    loaded: Loaded
    desired: Desired
    ref: Ref


def read_project(settings: Settings, ref: Ref) -> OldProject:
    """The tree. WrongUsage if there is no such project; refused if it is of the schema family already."""
    loaded = load(settings.root, overlay=settings.overlay_name)
    desired = resolve_tree(loaded)
    project = desired.projects.get(ref)
    if project is None:
        raise undeclared(ref, desired.refs)
    if project.family == "schema" or any(one.guide.family == "schema" for one in desired.datasets_of(ref)):
        raise refused("migrate-family", f"{ref} is of the schema family already", "There is nothing to migrate.")
    require_enough_images(loaded, desired, ref)
    return OldProject(loaded=loaded, desired=desired, ref=ref)


def templates(old: OldProject) -> dict[Ref, SchemaGuide]:
    """A first schema for each dataset, made from its project and its prefix without asking anyone."""
    project = old.desired.projects[old.ref]
    return {dataset.ref: template(project, dataset) for dataset in old.desired.datasets_of(old.ref)}


def requests_of(old: OldProject) -> list[GuideRequest]:
    """What to ask the API for, to get a first schema for each dataset."""
    bodies = {one.ref: (one, one.body.spec) for one in old.loaded.manifests if isinstance(one.body, DatasetBody)}
    return [
        GuideRequest(
            ref=dataset.ref,
            manifest=bodies[dataset.ref][0],
            spec=bodies[dataset.ref][1],
            desired=old.desired,
            family="schema",
            project=old.desired.projects[old.ref],
            images=tuple(sorted(dataset.images, key=lambda image: image.name)),
            declared=None,
        )
        for dataset in old.desired.datasets_of(old.ref)
    ]


async def ask_for_schemas(opened: Session, settings: Settings, old: OldProject) -> dict[Ref, Proposal]:
    """A first schema for each dataset, proposed by the API. Refused where this account has no such helper."""
    requests = [(request, require_images(settings, request)) for request in requests_of(old)]
    proposals = {}
    for request, images in requests:
        try:
            proposals[request.ref] = await propose(opened, settings, request, images, is_moderated=False)
        except Refused as error:
            raise refused(
                "migrate-helper",
                error.refusals[0].summary,
                "Leave --ask out: then the schemas are made from the project and its prefixes.",
            ) from None
    return proposals


def schemas_of(proposals: Mapping[Ref, Proposal]) -> dict[Ref, SchemaGuide]:
    """The schemas alone."""
    return {ref: one.guide for ref, one in proposals.items() if isinstance(one.guide, SchemaGuide)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What was written, as paths below the root, and what applying it comes to."""

    migration: Migration
    written: tuple[str, ...]
    plan: Plan


def write_migration(
    settings: Settings, old: OldProject, schemas: dict[Ref, SchemaGuide], texts_as: TextsAs, today: date
) -> Migrated:
    """Write the new files, all or none, validate the tree, and plan what is new.

    Refused if a file is there already. ProblemsFound if the tree would not be sound; then nothing is left behind.
    """
    made = migration(old.loaded, old.desired, old.ref, schemas, texts_as)
    written = _create(settings.root, _texts(settings.root, made))
    try:
        desired = validate(settings, today)
    except ProblemsFound as found:
        _remove(settings.root, written)
        raise ProblemsFound(found.problems, end="nothing was written") from None
    configuration = with_overlay(load_configuration(settings.root), settings.overlay)
    base = BaseTree(name=str(old.ref), desired=old.desired, configuration=configuration)
    plan = plan_offline(settings, desired, base, Scope())
    return Migrated(migration=made, written=tuple(written), plan=plan)


def migration_edits(
    settings: Settings, old: OldProject, schemas: dict[Ref, SchemaGuide], texts_as: TextsAs
) -> tuple[FileEdit, ...]:
    """The new files, none of which is written. Refused if one is there already."""
    made = migration(old.loaded, old.desired, old.ref, schemas, texts_as)
    texts = _texts(settings.root, made)
    _require_new(settings.root, texts)
    return tuple(FileEdit(path=path, before=None, after=data) for path, data in sorted(texts.items()))


def _texts(root: Path, made: Migration) -> dict[str, bytes]:
    """The content of each new file, by its path below the root."""
    with Tree(root) as tree:
        texts = {one.path: manifest_text(tree, one) for one in made.manifests}
    return texts | {path: text.encode() for path, text in made.captions.items()}


def _require_new(root: Path, texts: Iterable[str]) -> None:
    present = [path for path in texts if (root / path).exists() or (root / path).is_symlink()]
    if present:
        raise refused(
            "migrate-file",
            f"{root / present[0]} is there already" + (f", and {len(present) - 1} more" if present[1:] else ""),
            "Move it away: nothing is ever written over.",
        )


def _create(root: Path, texts: dict[str, bytes]) -> list[str]:
    _require_new(root, texts)
    written: list[str] = []
    try:
        for path, data in texts.items():
            if create_file(root / path, data):
                written.append(path)
    except OSError as error:
        _remove(root, written)
        raise refused("migrate-file", f"nothing can be written to {root}: {error.strerror}") from None
    return written


def _remove(root: Path, paths: list[str]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            (root / path).unlink()
