"""From what was loaded to what is desired: references found, captions matched, every rule checked, pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from reconciler.core.desired import (
    Desired,
    DesiredDataset,
    DesiredImage,
    DesiredModel,
    DesiredProject,
    UncaptionedImages,
)
from reconciler.core.kind import Kind
from reconciler.core.manifest.absent_rule import absences
from reconciler.core.manifest.collision import judge_together
from reconciler.core.manifest.dataset_rule import judge_dataset
from reconciler.core.manifest.image import ImageFile, Images
from reconciler.core.manifest.loaded import AbsentBody, ImageFolder, Loaded, Manifest
from reconciler.core.manifest.match import Matched, match_captions
from reconciler.core.manifest.rule import DEFAULT_VERSION, judge_model, judge_project, parameters
from reconciler.core.manifest.spec import DatasetBody, ModelBody, ModelSpec, ProjectBody, Training
from reconciler.core.manifest.suggestion import did_you_mean
from reconciler.core.problem import Location, Problem, ProblemsFound, in_order
from reconciler.core.ref import Ref
from reconciler.core.text import quoted
from reconciler.core.uploads import uploads_of

_UNTOLD = Training.model_validate({})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """Manifests sorted by ref; of two with one ref the first. `broken` are declared too, with faults."""

    manifests: Mapping[Ref, Manifest]
    folders: Mapping[Ref, ImageFolder]
    models: Mapping[str, list[ModelSpec]]
    """The models declared on each dataset, by its name."""
    broken: Collection[Ref]

    def has(self, ref: Ref) -> bool:
        return ref in self.manifests or ref in self.broken

    def names(self, kind: Kind) -> list[str]:
        return sorted(ref.name for ref in {*self.manifests, *self.broken} if ref.kind is kind)


def resolve(loaded: Loaded, *, without_prefix_of: Collection[Ref] = (), further: Iterable[Problem] = ()) -> Desired:
    """What the manifests ask for; ProblemsFound with every problem of the tree where there is an error.

    A dataset in `without_prefix_of` may lack its prefix; it is then empty. `further` are problems of the same
    tree that another room found (the waivers, which the doctor judges): all of them are reported together.
    """
    desired, problems = _judge(loaded, without_prefix_of, further)
    if any(problem.is_error for problem in problems):
        raise ProblemsFound(problems)
    return replace(desired, warnings=problems)


def problems_in(loaded: Loaded, further: Iterable[Problem] = ()) -> tuple[Problem, ...]:
    """All that is wrong with a tree, errors and warnings, in order; for whoever has more to say than the tree."""
    return _judge(loaded, (), further)[1]


def _judge(
    loaded: Loaded, without_prefix_of: Collection[Ref], further: Iterable[Problem]
) -> tuple[Desired, tuple[Problem, ...]]:
    problems = [*loaded.problems, *further]
    named = _by_name(loaded, problems)
    if not loaded.manifests and not loaded.broken and not any(problem.is_error for problem in problems):
        problems.append(_nothing(loaded.location))
    projects: dict[Ref, DesiredProject] = {}
    datasets: dict[Ref, DesiredDataset] = {}
    models: dict[Ref, DesiredModel] = {}
    for ref, manifest in named.manifests.items():
        problems += _unknown(manifest, named)
        match manifest.body:
            case ProjectBody() as body:
                problems += judge_project(manifest, body.spec)
                projects[ref] = _project(manifest, body)
            case DatasetBody() as body:
                matched = _dataset_problems(manifest, body, named, without_prefix_of, problems)
                datasets[ref] = _dataset(manifest, body, named.folders.get(ref), matched)
            case ModelBody() as body:
                problems += judge_model(manifest, body.spec)
                models[ref] = _model(manifest, body)
            case AbsentBody():
                pass  # whatever else it says is about nothing
            case never:
                assert_never(never)
    absent = absences(named.manifests)
    desired = Desired(present={**projects, **datasets, **models}, absent=absent)
    problems += judge_together(named.manifests, desired)
    return desired, in_order(problems)


def _by_name(loaded: Loaded, problems: list[Problem]) -> _Named:
    manifests: dict[Ref, Manifest] = {}
    folders: dict[Ref, ImageFolder] = {}
    order = sorted(range(len(loaded.manifests)), key=lambda index: loaded.manifests[index].location)
    for index in order:
        manifest = loaded.manifests[index]
        first = manifests.setdefault(manifest.ref, manifest)
        if first is not manifest:
            problems.append(
                Problem(
                    rule="manifest-double",
                    location=manifest.document.at("metadata", "name"),
                    summary=f"{manifest.ref} is declared twice",
                    detail=f"It stands at {first.document.at('metadata', 'name')} already.",
                    remedy="Rename one of the two, or remove it.",
                )
            )
        elif index in loaded.folders:
            folders[manifest.ref] = loaded.folders[index]
    models: dict[str, list[ModelSpec]] = defaultdict(list)
    for manifest in manifests.values():
        if isinstance(manifest.body, ModelBody):
            models[manifest.body.spec.dataset].append(manifest.body.spec)
    in_order_of_need = {ref: manifests[ref] for ref in sorted(manifests)}
    return _Named(manifests=in_order_of_need, folders=folders, models=models, broken=loaded.broken)


def _dataset_problems(
    manifest: Manifest, body: DatasetBody, named: _Named, without_prefix_of: Collection[Ref], problems: list[Problem]
) -> Matched:
    """Judge a dataset with all that belongs to it; its captions, matched."""
    spec = body.spec
    project = named.manifests.get(Ref(Kind.PROJECT, spec.project))
    project_spec = project.body.spec if project is not None and isinstance(project.body, ProjectBody) else None
    models = named.models.get(manifest.ref.name, [])
    folder = named.folders.get(manifest.ref)
    problems += judge_dataset(
        manifest, spec, project_spec, folder, models, needs_prefix=manifest.ref not in without_prefix_of
    )
    if folder is None:
        return Matched()
    source = spec.captions.source if spec.captions else "automatic"
    place = manifest.document.at("spec", "captions", "source")
    matched = match_captions(folder, source, place, spec.guide)
    problems += matched.problems
    return matched


def _unknown(manifest: Manifest, named: _Named) -> Iterator[Problem]:
    ref = manifest.parent
    if ref is not None and not named.has(ref):
        known = named.names(ref.kind)
        yield Problem(
            rule="manifest-reference",
            location=manifest.document.at("spec", ref.kind.value),
            summary=f"there is no {ref.kind.value} {quoted(ref.name)}",
            detail="What is to be deleted is looked for below it." if manifest.is_absent else "",
            remedy=did_you_mean(ref.name, known) or f"Declare it: kind: {ref.kind.title}, metadata.name: {ref.name}",
        )


def _nothing(location: Location) -> Problem:
    return Problem(
        rule="manifest-none",
        location=location,
        summary="there are no manifests",
        detail="No file that ends in .yaml or .yml declares a project, dataset or model.",
        remedy="Name the right folder with --root, or begin with `reconciler init`. Nothing is deleted by a missing file.",
    )


def _project(manifest: Manifest, body: ProjectBody) -> DesiredProject:
    spec = body.spec
    return DesiredProject(
        ref=manifest.ref,
        location=manifest.location,
        id=body.metadata.id,
        project_name=manifest.live_name,
        project_description=spec.project_description,
        ip_name=spec.ip_name,
        ip_description=spec.ip_description,
        ip_medium=spec.ip_medium,
        ip_type=spec.ip_type,
        moved_from=manifest.moved_from,
    )


def _dataset(manifest: Manifest, body: DatasetBody, folder: ImageFolder | None, matched: Matched) -> DesiredDataset:
    spec = body.spec
    return DesiredDataset(
        ref=manifest.ref,
        location=manifest.location,
        project=Ref(Kind.PROJECT, spec.project),
        uploads=uploads_of(spec.upload_type),
        guide=spec.guide,
        images=_images(folder.images if folder else (), matched.texts),
        captions_source=spec.captions.source if spec.captions else "automatic",
        increase_resolution=spec.images.increase_resolution,
        completed=spec.status == "completed",
        clone=spec.clone,
        history_limit=spec.history_limit,
        moved_from=manifest.moved_from,
    )


def _images(files: Sequence[ImageFile], texts: Mapping[str, str]) -> Sequence[DesiredImage]:
    if isinstance(files, Images) and not texts:
        return UncaptionedImages(sorted(files.digests), lambda: _made(files, texts))
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


def _model(manifest: Manifest, body: ModelBody) -> DesiredModel:
    spec, training = body.spec, body.spec.training or _UNTOLD
    return DesiredModel(
        ref=manifest.ref,
        location=manifest.location,
        dataset=Ref(Kind.DATASET, spec.dataset),
        description=spec.description,
        training_mode=spec.training_mode,
        training_version=spec.training_version or DEFAULT_VERSION[spec.training_mode],
        start=training.start,
        parameters=parameters(training),
        aliases=tuple(sorted((spec.aliases or {}).items())),
        mirror_aliases=spec.mirror_aliases,
        retrain=training.retrain,
        on_failure=training.on_failure,
        retries=training.retries,
        on_superseded=training.on_superseded,
        history_limit=spec.history_limit,
        moved_from=manifest.moved_from,
    )
