"""All manifests of a tree by their refs, and what each kind of manifest becomes."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping

from reconciler.core.desired import Declared, Desired
from reconciler.core.guide import Family
from reconciler.core.kind import Kind
from reconciler.core.manifest.loaded import ImageFolder, Loaded, Manifest, SchemaFile
from reconciler.core.manifest.mismatch import Vocabulary
from reconciler.core.manifest.spec import Body, DatasetBody, ModelBody, ModelSpec
from reconciler.core.problem import Problem
from reconciler.core.ref import Ref, in_order
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestTree:
    """Manifests sorted by ref. If two have one ref, the first counts.

    `models` are those declared on each dataset, and `families` the family of each, by its name. `broken` are objects that are declared with faults, so a
    reference to one of them is not unknown. A dataset in `without_guide_of` may lack its guide.
    """

    manifests: Mapping[Ref, Manifest]
    folders: Mapping[Ref, ImageFolder]
    schema_files: Mapping[Ref, SchemaFile]
    models: Mapping[str, list[ModelSpec]]
    families: Mapping[str, Family]
    broken: Collection[Ref]
    without_guide_of: Collection[Ref] = ()

    def has(self, ref: Ref) -> bool:
        return ref in self.manifests or ref in self.broken

    def family_of(self, dataset: str) -> Family | None:
        """The family of a declared dataset, by its name; None if there is no such dataset."""
        return self.families.get(dataset)

    def names(self, kind: Kind) -> list[str]:
        return sorted(ref.name for ref in {*self.manifests, *self.broken} if ref.kind is kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRules:
    """What a manifest of one kind looks like, and what becomes of it.

    `needs_one_of` are keys of `spec` of which a manifest has exactly one although its type asks for none. `declare` makes the
    declared object and adds all that is wrong with it to the list; `beside` is what it looks at besides the manifest. A warning names two objects that have one `content`
    and so one `fingerprint`; a kind that may be declared twice has neither. `content` is None if it is not known.
    """

    body: type[Body]
    vocabulary: Vocabulary
    declare: Callable[[Manifest, ManifestTree, list[Problem]], Declared]
    beside: Callable[[Manifest, ManifestTree], tuple[object, ...]]
    needs_one_of: tuple[str, ...] = ()
    content: Callable[[Ref, Desired], object] | None = None
    fingerprint: Callable[[Ref, Desired], str] | None = None


def manifest_tree(loaded: Loaded, without_guide_of: Collection[Ref] = ()) -> ManifestTree:
    """What was loaded, by ref."""
    manifests: dict[Ref, Manifest] = {}
    folders: dict[Ref, ImageFolder] = {}
    schema_files: dict[Ref, SchemaFile] = {}
    is_single = len({manifest.ref for manifest in loaded.manifests}) == len(loaded.manifests)
    for index, manifest in enumerate(loaded.manifests) if is_single else _in_order(loaded):
        if manifests.setdefault(manifest.ref, manifest) is not manifest:
            continue
        if index in loaded.folders:
            folders[manifest.ref] = loaded.folders[index]
        if index in loaded.schema_files:
            schema_files[manifest.ref] = loaded.schema_files[index]
    models: dict[str, list[ModelSpec]] = defaultdict(list)
    families: dict[str, Family] = {}
    for manifest in manifests.values():
        if isinstance(manifest.body, ModelBody):
            models[manifest.body.spec.dataset].append(manifest.body.spec)
        elif isinstance(manifest.body, DatasetBody):
            families[manifest.ref.name] = manifest.body.spec.family
    return ManifestTree(
        manifests={ref: manifests[ref] for ref in in_order(manifests)},
        folders=folders,
        schema_files=schema_files,
        models=models,
        families=families,
        broken=loaded.broken,
        without_guide_of=without_guide_of,
    )


def doubles(loaded: Loaded) -> Iterator[Problem]:
    """A Problem for each manifest whose ref an earlier one has already."""
    if len({manifest.ref for manifest in loaded.manifests}) == len(loaded.manifests):
        return
    first: dict[Ref, Manifest] = {}
    for _, manifest in _in_order(loaded):
        other = first.setdefault(manifest.ref, manifest)
        if other is not manifest:
            yield Problem(
                rule="manifest-double",
                location=manifest.document.at("metadata", "name"),
                summary=f"{manifest.ref} is declared twice",
                detail=f"It stands at {other.document.at('metadata', 'name')} already.",
                remedy="Rename one of the two, or remove it.",
            )


def _in_order(loaded: Loaded) -> list[tuple[int, Manifest]]:
    """The manifests with their positions, in the order of their places, so that no chance decides which one is the first."""
    return sorted(enumerate(loaded.manifests), key=lambda item: item[1].location)
