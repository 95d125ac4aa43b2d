"""One dataset with all that the doctor judges it by, found in a loaded tree."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.core.manifest.dataset_rule import judge_dataset
from reconciler.core.manifest.image import ImageFile
from reconciler.core.manifest.loaded import CaptionEntry, ImageFolder, Loaded, Manifest
from reconciler.core.manifest.match import match_captions
from reconciler.core.manifest.spec import DatasetBody, DatasetSpec, ModelBody, ModelSpec, ProjectBody, ProjectSpec
from reconciler.core.problem import Location, Problem
from reconciler.core.ref import Kind, Ref
from reconciler.core.text import normal
from reconciler.doctor.finding import Caption
from reconciler.doctor.rules import RULES
from reconciler.doctor.waiver import waivers_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A dataset, its folder (None where it could not be read), its project, and the models declared on it."""

    manifest: Manifest
    spec: DatasetSpec
    folder: ImageFolder | None
    project: ProjectSpec | None
    models: tuple[ModelSpec, ...]

    @property
    def ref(self) -> Ref:
        return self.manifest.ref

    @property
    def images(self) -> tuple[ImageFile, ...]:
        return tuple(self.folder.images) if self.folder else ()

    @property
    def source(self) -> str:
        """Where the captions come from."""
        return self.spec.captions.source if self.spec.captions else "automatic"

    @property
    def digests(self) -> frozenset[str]:
        return frozenset(image.digest for image in self.images)

    def at(self, *steps: str | int) -> Location:
        """A place in the spec of its manifest."""
        return self.manifest.document.at("spec", *steps)


def cases_in(loaded: Loaded) -> tuple[Case, ...]:
    """Each declared dataset once, sorted by name; of two with one name the first."""
    first: dict[Ref, int] = {}
    for position in sorted(range(len(loaded.manifests)), key=lambda index: loaded.manifests[index].location):
        first.setdefault(loaded.manifests[position].ref, position)
    bodies = {ref: loaded.manifests[first[ref]].body for ref in sorted(first)}
    models: dict[str, list[ModelSpec]] = defaultdict(list)
    for body in bodies.values():
        if isinstance(body, ModelBody):
            models[body.spec.dataset].append(body.spec)
    cases = []
    for ref, body in bodies.items():
        if isinstance(body, DatasetBody):
            project = bodies.get(Ref(Kind.PROJECT, body.spec.project))
            case = Case(
                manifest=loaded.manifests[first[ref]],
                spec=body.spec,
                folder=loaded.folders.get(first[ref]),
                project=project.spec if isinstance(project, ProjectBody) else None,
                models=tuple(models[ref.name]),
            )
            cases.append(case)
    return tuple(cases)


def judged(case: Case) -> Iterator[Problem]:
    """What `validate` says about this dataset."""
    yield from judge_dataset(case.manifest, case.spec, case.project, case.folder, case.models, needs_prefix=True)
    yield from waivers_of(case.manifest, case.spec)
    if case.folder is not None:
        prefix = case.spec.caption_prefix or ""
        yield from match_captions(case.folder, case.source, case.at("captions", "source"), prefix).problems


def belongs(case: Case, problem: Problem) -> bool:
    """Is a problem that was met on loading about this dataset's folder, or about where its manifest names it?"""
    include = range(len(case.spec.images.include or ()))
    named = {case.at("images", "path"), *(case.at("images", "include", index) for index in include)}
    if problem.location in named:
        return True
    if problem.rule not in RULES:
        return False
    folders = {_folder(case, image) for image in case.images}
    return any(problem.location.path.startswith(folder) for folder in folders)


def _folder(case: Case, image: ImageFile) -> str:
    """The image folder as problems show it, with a slash."""
    assert case.folder is not None
    return case.folder.place(image).path.removesuffix(image.name)


def captions_of(case: Case) -> tuple[Caption, ...]:
    """The declared captions, each with its image, in the order of the images; of two for one image the first."""
    owners = _owners(case.images)
    found: dict[str, CaptionEntry] = {}
    for entry in (case.folder.captions or ()) if case.folder else ():
        owner = owners.get(entry.key)
        if owner is not None:
            found.setdefault(owner, entry)
    return tuple(
        Caption(image=image.name, text=normal(found[image.name].text), location=found[image.name].location)
        for image in case.images
        if image.name in found
    )


def _owners(images: tuple[ImageFile, ...]) -> Mapping[str, str]:
    """The image that a key means: the whole name, or the name without suffix where only one has it."""
    owners: dict[str, str | None] = {}
    for image in images:
        stem = image.name[: image.name.rindex(".")]
        owners[stem] = None if stem in owners else image.name
    whole = {image.name: image.name for image in images}
    return {key: owner for key, owner in owners.items() if owner is not None} | whole
