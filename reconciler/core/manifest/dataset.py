"""Manifests of datasets: their prefix, their images, and whether they suit the models that are trained on them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from reconciler.core.desired import Desired, DesiredDataset, DesiredImage, UncaptionedImages
from reconciler.core.fingerprint import dataset_fingerprint
from reconciler.core.guide import Guide
from reconciler.core.kind import Kind
from reconciler.core.manifest.guide_rules import declared_guide, judge_guide
from reconciler.core.manifest.image import FolderImages, ImageFile
from reconciler.core.manifest.image_rules import edge_images, judge_bytes, judge_count, judge_images, small_images
from reconciler.core.manifest.loaded import ImageFolder, Manifest, SchemaFile
from reconciler.core.manifest.match import Matched, match_captions
from reconciler.core.manifest.mismatch import Vocabulary
from reconciler.core.manifest.spec import DatasetBody, DatasetSpec, ModelSpec, ProjectBody, ProjectSpec
from reconciler.core.manifest.tree import KindRules, ManifestTree
from reconciler.core.problem import Location, Problem, Severity
from reconciler.core.ref import Ref
from reconciler.core.text import count, quoted, shown
from reconciler.core.uploads import ONE_BY_ONE

ADVISED_COUNTS = {"max": (5, 50), "light": (15, 100)}
"""Images that Bria recommends, by training_version."""

NO_ID = "Only projects have an id; datasets and models are found by their names."


def _declare(manifest: Manifest, tree: ManifestTree, problems: list[Problem]) -> DesiredDataset:
    body = manifest.body
    assert isinstance(body, DatasetBody)
    spec = body.spec
    guide = declared_guide(spec, tree.schema_files.get(manifest.ref))
    matched = _problems(manifest, body, guide, tree, problems)
    folder = tree.folders.get(manifest.ref)
    return DesiredDataset(
        ref=manifest.ref,
        location=manifest.location,
        project=Ref(Kind.PROJECT, spec.project),
        uploads=spec.uploads,
        guide=guide,
        images=_images(folder.images if folder else (), matched.texts),
        captions_source=spec.captions.source if spec.captions else "automatic",
        increase_resolution=spec.scales_up,
        completed=spec.status == "completed",
        clone=spec.clone,
        history_limit=spec.history_limit,
        moved_from=manifest.moved_from,
    )


def _beside(manifest: Manifest, tree: ManifestTree) -> tuple[object, ...]:
    body = manifest.body
    assert isinstance(body, DatasetBody)
    ref = manifest.ref
    project = tree.manifests.get(Ref(Kind.PROJECT, body.spec.project))
    needs_guide = ref not in tree.without_guide_of
    return (tree.folders.get(ref), tree.schema_files.get(ref), project, needs_guide, *tree.models.get(ref.name, ()))


def _images(files: Sequence[ImageFile], texts: Mapping[str, str]) -> Sequence[DesiredImage]:
    if isinstance(files, FolderImages) and not texts:
        return UncaptionedImages(files.digests, lambda: _made(files, texts))
    return _made(files, texts)


def _made(files: Iterable[ImageFile], texts: Mapping[str, str]) -> tuple[DesiredImage, ...]:
    images = [
        DesiredImage(
            digest=image.digest,
            size=image.size,
            name=image.name,
            path=image.path,
            caption=texts.get(image.name),
            has_content=image.has_content,
        )
        for image in files
    ]
    return tuple(sorted(images, key=lambda image: (image.digest, image.path)))


def _problems(
    manifest: Manifest, body: DatasetBody, guide: Guide, tree: ManifestTree, problems: list[Problem]
) -> Matched:
    """Judge a dataset with all that belongs to it; its captions, matched."""
    spec = body.spec
    project = tree.manifests.get(Ref(Kind.PROJECT, spec.project))
    project_spec = project.body.spec if project is not None and isinstance(project.body, ProjectBody) else None
    models = tree.models.get(manifest.ref.name, [])
    folder = tree.folders.get(manifest.ref)
    problems += judge_dataset(
        manifest,
        spec,
        project_spec,
        folder,
        models,
        guide=guide,
        schema_file=tree.schema_files.get(manifest.ref),
        needs_guide=manifest.ref not in tree.without_guide_of,
    )
    if folder is None:
        return Matched()
    source = spec.captions.source if spec.captions else "automatic"
    place = partial(manifest.document.at, "spec", "captions", "source")
    matched = match_captions(folder, source, place, guide)
    problems += matched.problems
    problems += _judge_left_out(manifest, folder, matched.left_out)
    return matched


def judge_dataset(
    manifest: Manifest,
    spec: DatasetSpec,
    project: ProjectSpec | None,
    folder: ImageFolder | None,
    models: Sequence[ModelSpec],
    *,
    guide: Guide,
    schema_file: SchemaFile | None,
    needs_guide: bool,
) -> Iterator[Problem]:
    """Everything about a dataset but its captions. `folder` is None where it could not be read."""
    yield from judge_guide(manifest, spec, schema_file, project, needs_guide=needs_guide)
    yield from _judge_family(manifest, spec, project)
    if folder is None:
        return
    # Most datasets have no problem, and then nobody asks where anything stands: finding that takes long in a large tree.
    place, uploads, scales_up = partial(manifest.document.at, "spec", "images", "path"), spec.uploads, spec.scales_up
    number = len(folder.images) + len(folder.refused)
    yield from judge_count(number, spec.status, guide, uploads, place, left_out=folder.left_out)
    yield from judge_bytes(folder.images, uploads, place)
    yield from _judge_uploads(manifest, spec, folder, models)
    yield from _judge_patterns(manifest, spec, folder)
    if guide.family == "prefix":
        yield from _judge_suitability(manifest, folder, models)
    yield from judge_images(folder.images, folder.place, scales_up=scales_up, can_scale_up=uploads.can_scale_up)
    if folder.other_formats:
        shortened = ", ".join(shown(name, 40) for name in folder.other_formats[:3])
        yield _warning(
            "images-left-out",
            place(),
            f"{count(len(folder.other_formats), 'file')} in other formats will not be used",
            f"{shortened}{' and more' if len(folder.other_formats) > 3 else ''}; PNG, JPEG and WebP can be uploaded.",
        )
    if scales_up and (small := small_images(folder.images)):
        yield _warning(
            "images-scaled",
            place(),
            f"{count(small, 'image')} will be scaled up",
            "They are smaller than 1,024 pixels on a side; larger pictures train better.",
        )


def _judge_family(manifest: Manifest, spec: DatasetSpec, project: ProjectSpec | None) -> Iterator[Problem]:
    if project is None or project.family is None or not spec.guide_keys or project.family == spec.family:
        return
    key = spec.guide_keys[0]
    yield Problem(
        rule="dataset-family",
        location=manifest.document.at_key("spec", key),
        summary=f"{quoted(key)} does not go with the family of its project",
        detail=f"The project says family: {project.family}; {quoted(key)} is of the {spec.family} family.",
        remedy="Correct one of the two. Families never mix in a project.",
    )


def _judge_patterns(manifest: Manifest, spec: DatasetSpec, folder: ImageFolder) -> Iterator[Problem]:
    for index in folder.unmatched if folder.images else ():
        yield _warning(
            "dataset-pattern-unmatched",
            manifest.document.at("spec", "images", "include", index),
            f"no image fits the pattern {quoted((spec.images.include or [''])[index], 60)}",
            "Patterns count from the image folder; * does not go into folders below, ** does.",
        )


def _judge_left_out(manifest: Manifest, folder: ImageFolder, captions: int) -> Iterator[Problem]:
    """What no dataset takes is said once. A dataset without any image says why in another problem."""
    names = folder.unclaimed
    if not names or not folder.images:
        return
    listed = ", ".join(shown(name, 40) for name in names[:3]) + (" and more" if len(names) > 3 else "")
    texts = f" with {count(captions, 'caption')}" if captions else ""
    yield _warning(
        "dataset-left-out",
        manifest.document.at("spec", "images", "include"),
        f"{count(len(names), 'image')}{texts} {'is' if len(names) == 1 else 'are'} left out",
        f"No pattern takes {listed}. Add a pattern, or take them out of the folder.",
    )


def _judge_uploads(
    manifest: Manifest, spec: DatasetSpec, folder: ImageFolder, models: Sequence[ModelSpec]
) -> Iterator[Problem]:
    """What does not go with the upload type, or is not worth it."""
    document, number, uploads = manifest.document, len(folder.images), spec.uploads
    if not uploads.can_scale_up and spec.images.increase_resolution and _says_so(spec):
        yield Problem(
            rule="dataset-increase-resolution",
            location=document.at("spec", "images", "increase_resolution"),
            summary="images of an archive are never scaled up",
            detail=f"{uploads.what} takes images of 1,024 pixels and more on each side; smaller ones are left out.",
            remedy="Remove increase_resolution, or write `upload_type: basic`.",
        )
    if uploads.is_once and 0 < number <= ONE_BY_ONE.most_images:
        yield _warning(
            "dataset-archive-small",
            document.at("spec", "upload_type"),
            f"an archive for {count(number, 'image')}",
            f"`upload_type: basic` takes up to {ONE_BY_ONE.most_images}, one by one, and takes others later.",
        )
    if not uploads.can_scale_up and (edge := edge_images(folder.images)):
        yield _warning(
            "image-edge",
            document.at("spec", "images", "path"),
            f"{count(edge, 'image')} just at the smallest size",
            "A side has 1,024 pixels; Bria may leave images of an archive out that have fewer than 1,025.",
        )
    if uploads.is_once and any(model.training_mode == "fully_automated" for model in models):
        yield _warning(
            "dataset-archive-automatic",
            document.at("spec", "upload_type"),
            "an archive for a fully automated training",
            "Bria's documents name large datasets together with training_mode expert; others may be refused.",
        )


def _says_so(spec: DatasetSpec) -> bool:
    """Is `increase_resolution` written down, or is it the default?"""
    return "increase_resolution" in spec.images.written


def _judge_suitability(manifest: Manifest, folder: ImageFolder, models: Sequence[ModelSpec]) -> Iterator[Problem]:
    number = len(folder.images)
    for version in sorted({model.version_for("prefix") or "" for model in models}):
        low, high = ADVISED_COUNTS.get(version, (0, number))
        if number and not low <= number <= high:
            yield _warning(
                "dataset-count-advised",
                manifest.document.at("spec", "images", "path"),
                f"{count(number, 'image')} for training_version {version}",
                f"Bria recommends {low} to {high}.",
            )


def _warning(rule: str, place: Location, summary: str, detail: str) -> Problem:
    return Problem(rule=rule, location=place, summary=summary, detail=detail, severity=Severity.WARNING)


def content(ref: Ref, desired: Desired) -> tuple[object, ...]:
    """All that a dataset's fingerprint is made of, which costs less than the fingerprint itself."""
    one = desired.datasets[ref]
    return (one.guide.family, one.guide.canonical), one.uploads, one.joined_digests, one.captions


def fingerprint(ref: Ref, desired: Desired) -> str:
    """The fingerprint of a declared dataset."""
    return dataset_fingerprint(desired.datasets[ref])


_WORDS = Vocabulary(
    title="Dataset",
    rule="manifest",
    model=DatasetBody,
    remedies={("metadata", "id"): NO_ID},
    examples={("spec", "visual_schema"): "Write it as keys with values, such as {style: flat, colours: [red, blue]}."},
)
RULES = KindRules(
    body=DatasetBody,
    vocabulary=_WORDS,
    declare=_declare,
    beside=_beside,
    needs_one_of=("caption_prefix", "visual_schema", "visual_schema_file"),
    content=content,
    fingerprint=fingerprint,
)
