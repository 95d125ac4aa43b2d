"""`guide`: let the API look at a few images and propose what guides the captions of a dataset. The API stores nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from reconciler.api.client import Client
from reconciler.api.error import Rejected
from reconciler.app.account import require_account
from reconciler.app.exceptions import Refused, refused, undeclared
from reconciler.app.images import content_problem
from reconciler.app.session import Session
from reconciler.app.settings import Settings
from reconciler.app.validate import resolve_tree
from reconciler.core.desired import Desired, DesiredImage, DesiredProject
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.diff import fingerprints
from reconciler.core.diff.election import open_drafts
from reconciler.core.diff.find_project import find_project
from reconciler.core.guide import Family, Guide, PrefixGuide, SchemaGuide
from reconciler.core.live import RemoteDataset, called
from reconciler.core.manifest.loaded import Loaded, Manifest
from reconciler.core.manifest.spec import DatasetBody, DatasetSpec, ProjectBody
from reconciler.core.problem import Problem, ProblemsFound
from reconciler.core.ref import Ref
from reconciler.core.text import count
from reconciler.core.typed import changed
from reconciler.core.value import dataclass
from reconciler.files.load import load
from reconciler.files.tree import Tree
from reconciler.observe import known_lists

IMAGES: dict[Family, tuple[int, int]] = {"prefix": (1, 6), "schema": (5, 10)}
"""How many images the API looks at, at least and at most (D05)."""

IP_TYPES = ("defined_character", "object_variants", "stylized_scene")
"""Values of `ip_type` for which the API proposes a prefix."""

GONE = (404, 410)
"""Statuses by which a helper says that this account does not have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideRequest:
    """What is asked for: a guide for this dataset, in its family. `declared` is the guide that git declares, if any."""

    ref: Ref
    manifest: Manifest
    spec: DatasetSpec
    desired: Desired
    family: Family
    project: DesiredProject
    images: tuple[DesiredImage, ...]
    declared: Guide | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The API's proposal, unchanged, and what it was made from: images, or a schema beside a live draft."""

    guide: Guide
    images: tuple[str, ...] = ()
    total: int = 0
    draft: RemoteDataset | None = None


def read_request(settings: Settings, ref: Ref, *, refines: bool = False) -> GuideRequest:
    """The tree and what is asked of it. The dataset may lack its guide; what guides it now is judged only to be refined.

    WrongUsage if there is no such dataset. ProblemsFound carries everything else that is wrong with the tree.
    """
    loaded = load(settings.root, overlay=settings.overlay_name)
    manifest = next((one for one in loaded.manifests if one.ref == ref), None)
    if manifest is None and ref in loaded.broken:
        resolve_tree(loaded)
    if manifest is None or not isinstance(manifest.body, DatasetBody):
        raise undeclared(ref, (one.ref for one in loaded.manifests))
    spec = manifest.body.spec
    keeps_guide = refines or len(spec.guide_keys) > 1
    desired = resolve_tree(loaded if keeps_guide else _without_guide(loaded, ref), without_guide_of=(ref,))
    dataset = desired.datasets[ref]
    return GuideRequest(
        ref=ref,
        manifest=manifest,
        spec=spec,
        desired=desired,
        family=_family(loaded, spec),
        project=desired.projects[dataset.project],
        images=tuple(sorted(dataset.images, key=lambda image: image.name)),
        declared=dataset.guide if keeps_guide and spec.guide_keys else None,
    )


def _family(loaded: Loaded, spec: DatasetSpec) -> Family:
    """By its own guide, else by its project, else by another dataset of the project."""
    if spec.guide_keys:
        return spec.family
    for manifest in loaded.manifests:
        if isinstance(manifest.body, ProjectBody) and manifest.ref.name == spec.project and manifest.body.spec.family:
            return manifest.body.spec.family
    for manifest in loaded.manifests:
        if isinstance(manifest.body, DatasetBody) and manifest.body.spec.project == spec.project:
            sibling = manifest.body.spec
            if sibling.guide_keys:
                return sibling.family
    return spec.family


def _without_guide(loaded: Loaded, ref: Ref) -> Loaded:
    """The same tree as if this dataset declared neither a guide nor captions: neither matters for a new guide."""
    nothing = {"caption_prefix": None, "visual_schema": None, "visual_schema_file": None, "captions": None}
    manifests, folders, problems = list(loaded.manifests), dict(loaded.folders), loaded.problems
    schema_files = dict(loaded.schema_files)
    for place, manifest in enumerate(manifests):
        if manifest.ref == ref and isinstance(manifest.body, DatasetBody):
            spec = changed(manifest.body.spec, **nothing)
            manifests[place] = replace(manifest, body=changed(manifest.body, spec=spec))
            named = manifest.document.at("spec", "visual_schema_file")
            problems = tuple(one for one in problems if one.location != named)  # a file that is to be written yet
            schema_files.pop(place, None)
            if place in folders:
                folders[place] = replace(folders[place], captions=())
    return replace(loaded, manifests=tuple(manifests), folders=folders, schema_files=schema_files, problems=problems)


def require_images(settings: Settings, request: GuideRequest) -> tuple[DesiredImage, ...]:
    """The images that the API is to look at: the same ones each time, spread evenly over all, which are sorted by name.

    ProblemsFound if there are too few, or one of them is not here.
    """
    least, most = IMAGES[request.family]
    total = len(request.images)
    if total < least:
        raise ProblemsFound([_too_few(request, least, most)])
    size = min(total, most)
    chosen = tuple(request.images[at * total // size] for at in range(size))
    with Tree(settings.root) as tree:
        problems = [content_problem(image, tree) for image in chosen if not image.has_content]
    if problems:
        raise ProblemsFound(problems)
    return chosen


def _too_few(request: GuideRequest, least: int, most: int) -> Problem:
    noun = "visual schema" if request.family == "schema" else "prefix"
    return Problem(
        rule="guide-images",
        location=request.manifest.document.at("spec", "images", "path"),
        summary=f"{count(len(request.images), 'image')} are too few to ask for a {noun}",
        detail=f"The API looks at {least} to {most} images.",
        remedy="Add images, or write the guide yourself.",
    )


def require_kind(request: GuideRequest) -> None:
    """Refused for an `ip_type` for which the API proposes no prefix; a schema is proposed for all."""
    kind = request.project.ip_type
    if request.family == "prefix" and kind not in IP_TYPES:
        summary = f"the API proposes no prefix for ip_type {kind}, only for {', '.join(IP_TYPES)}"
        raise refused("prefix-kind", summary, "Write caption_prefix yourself: the text that every caption continues.")


async def propose(
    opened: Session, settings: Settings, request: GuideRequest, images: Sequence[DesiredImage], *, is_moderated: bool
) -> Proposal:
    """The API's proposal from these images. Refused where this account has no such helper."""
    contents = _contents(settings, images)
    try:
        guide = await _generated(opened.client, request, contents, is_moderated=is_moderated)
    except Rejected as error:
        raise _without_helper(error, request.family) from None
    return Proposal(guide=guide, images=tuple(image.name for image in images), total=len(request.images))


async def _generated(client: Client, request: GuideRequest, contents: Sequence[bytes], *, is_moderated: bool) -> Guide:
    project = request.project
    match request.family:
        case "schema":
            return await client.generate_visual_schema(contents, is_moderated=is_moderated)
        case "prefix":
            text = await client.generate_prefix(
                contents,
                ip_type=project.ip_type,
                ip_medium=project.ip_medium,
                ip_name=project.ip_name if project.ip_type == "defined_character" else None,
                is_moderated=is_moderated,
            )
            return PrefixGuide(text=text)
        case _:
            assert_never(request.family)


def _contents(settings: Settings, images: Sequence[DesiredImage]) -> list[bytes]:
    contents = []
    with Tree(settings.root) as tree:
        for image in images:
            with tree.open_file(image.path) as file:
                contents.append(file.read())
    return contents


async def refine(opened: Session, settings: Settings, request: GuideRequest, words: str) -> Proposal:
    """The declared schema, else that of the draft, changed by an instruction. The API wants a draft named for it.

    Only a draft is ever named: a completed dataset is never touched. Refused where there is none.
    """
    draft = await _draft(opened, settings, request)
    before = request.declared or draft.guide
    if not isinstance(before, SchemaGuide):
        summary = f"neither git nor the draft {called(draft)} holds a visual schema that could be refined"
        raise refused("guide-nothing", summary, f"Ask for a first one: `reconciler guide {request.ref.name}`.")
    try:
        guide = await opened.client.refine_schema(draft.id, before, words)
    except Rejected as error:
        raise _without_helper(error, "schema", is_refined=True) from None
    return Proposal(guide=guide, draft=draft)


async def _draft(opened: Session, settings: Settings, request: GuideRequest) -> RemoteDataset:
    """The open draft of the dataset; of several the one that the next apply would fill."""
    observed = await known_lists(opened.client, request.desired.adopted)
    require_account(settings, observed)
    index = AccountIndex(observed)
    remote = find_project(request.project, request.desired, index, fingerprints(request.desired)).remote
    versions = () if remote is None else index.datasets(request.ref.name, remote.id)
    member = next(iter(open_drafts(versions)), None)
    if member is None:
        summary = f"{request.ref}: no draft of it is live, and the API refines a schema only beside a draft"
        way = "Change the dataset, write `status: draft`, apply, and refine then; or change the schema by hand."
        raise refused("guide-draft", summary, way)
    return member.dataset


def _without_helper(error: Rejected, family: Family, *, is_refined: bool = False) -> Rejected | Refused:
    """What a refusal of a helper means: with 404 and 410 that this account does not have it."""
    if error.status not in GONE:
        return error
    key = "visual_schema" if family == "schema" else "caption_prefix"
    ways = [f"Write {key} yourself."]
    if not is_refined:
        other = "prefix" if family == "schema" else "schema"
        ways.append(f"If this account is of the {other} family, `family: {other}` in the project says so.")
    return refused("guide-helper", f"this account does not offer {error.operation} ({error.status})", *ways)
