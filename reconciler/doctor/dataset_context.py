"""One dataset with all that the doctor judges it by, found in a loaded tree."""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import PurePosixPath

from reconciler.core.guide import Guide
from reconciler.core.manifest.dataset import judge_dataset
from reconciler.core.manifest.guide_rules import declared_guide
from reconciler.core.manifest.image import ImageFile
from reconciler.core.manifest.loaded import CaptionEntry, ImageFolder, Loaded, Manifest, SchemaFile
from reconciler.core.manifest.match import match_captions
from reconciler.core.manifest.spec import DatasetBody, DatasetSpec, ModelSpec, ProjectBody, ProjectSpec
from reconciler.core.manifest.tree import manifest_tree
from reconciler.core.problem import Location, Problem
from reconciler.core.ref import Ref
from reconciler.core.text import normal
from reconciler.core.value import dataclass
from reconciler.doctor.finding import DeclaredCaption
from reconciler.doctor.rules import RULES
from reconciler.doctor.waivers import waiver_problems

_SIDECARS = frozenset({".txt", ".caption", ".json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetContext:
    """A dataset, its folder (None if it could not be read), its project, and the models declared on it."""

    manifest: Manifest
    spec: DatasetSpec
    folder: ImageFolder | None
    project: ProjectSpec | None
    models: tuple[ModelSpec, ...]
    schema_file: SchemaFile | None = None

    @property
    def ref(self) -> Ref:
        return self.manifest.ref

    @property
    def guide(self) -> Guide:
        """What guides its captions."""
        return declared_guide(self.spec, self.schema_file)

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

    def image_beside(self, place: Location) -> str | None:
        """The image that a caption file lies beside; None if the place is no such file.

        Needed where the caption file cannot be read: then no caption says whose it is.
        """
        path = PurePosixPath(place.path)
        if self.folder is None or path.suffix.lower() not in _SIDECARS:
            return None
        stem = path.with_suffix("")
        places = ((image.name, PurePosixPath(self.folder.place(image).path)) for image in self.images)
        return next((name for name, its in places if its.with_suffix("") == stem), None)


def dataset_contexts(loaded: Loaded) -> tuple[DatasetContext, ...]:
    """Each declared dataset once, sorted by name. Of two manifests with one name, the first counts."""
    tree = manifest_tree(loaded)
    contexts = []
    for ref, manifest in tree.manifests.items():
        if isinstance(manifest.body, DatasetBody):
            project = tree.manifests.get(manifest.parent) if manifest.parent is not None else None
            context = DatasetContext(
                manifest=manifest,
                spec=manifest.body.spec,
                folder=tree.folders.get(ref),
                project=project.body.spec if project is not None and isinstance(project.body, ProjectBody) else None,
                models=tuple(tree.models.get(ref.name, ())),
                schema_file=tree.schema_files.get(ref),
            )
            contexts.append(context)
    return tuple(contexts)


def declared_captions(context: DatasetContext) -> tuple[DeclaredCaption, ...]:
    """The declared captions, each with its image, in the order of the images. Of two for one image, the first counts."""
    owners = _images_by_key(context.images)
    entries: dict[str, CaptionEntry] = {}
    for entry in (context.folder.captions or ()) if context.folder else ():
        owner = owners.get(entry.key)
        if owner is not None:
            entries.setdefault(owner, entry)
    return tuple(
        DeclaredCaption(image=image.name, text=normal(entries[image.name].text), location=entries[image.name].location)
        for image in context.images
        if image.name in entries
    )


def problems_about(context: DatasetContext, problems: Iterable[Problem]) -> list[Problem]:
    """The problems of the tree that are about this dataset."""
    own = _problems_of_manifest(context)
    folders = tuple({_shown_folder(context, image) for image in context.images})
    return [problem for problem in problems if problem in own or _is_about_folder(context, folders, problem)]


def _problems_of_manifest(context: DatasetContext) -> set[Problem]:
    """What `validate` says about this dataset.

    A problem does not say which dataset it is about, so the same rules are asked again for this dataset alone, and
    their answers are looked up among the problems of the tree.
    """
    problems = set(
        judge_dataset(
            context.manifest,
            context.spec,
            context.project,
            context.folder,
            context.models,
            guide=context.guide,
            schema_file=context.schema_file,
            needs_guide=True,
        )
    )
    problems.update(waiver_problems(context.manifest, context.spec))
    if context.folder is not None:
        place = partial(context.at, "captions", "source")
        problems.update(match_captions(context.folder, context.source, place, context.guide).problems)
    return problems


def _is_about_folder(context: DatasetContext, folders: tuple[str, ...], problem: Problem) -> bool:
    """Is a problem that was met while loading about one of these folders, or about the line that names the dataset's?"""
    include = range(len(context.spec.images.include or ()))
    named = {context.at("images", "path"), *(context.at("images", "include", index) for index in include)}
    if problem.location in named:
        return True
    return problem.rule in RULES and problem.location.path.startswith(folders)


def _shown_folder(context: DatasetContext, image: ImageFile) -> str:
    """The image folder as problems show it, with a slash at the end."""
    assert context.folder is not None
    return context.folder.place(image).path.removesuffix(image.name)


def _images_by_key(images: tuple[ImageFile, ...]) -> Mapping[str, str]:
    """The image that a key of a caption means: its whole name, or its name without suffix if only one image has it."""
    by_stem: dict[str, str | None] = {}
    for image in images:
        stem = image.name[: image.name.rindex(".")]
        by_stem[stem] = None if stem in by_stem else image.name
    by_name = {image.name: image.name for image in images}
    return {key: owner for key, owner in by_stem.items() if owner is not None} | by_name
