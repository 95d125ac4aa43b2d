"""Galleries: documents read, and the rules for their cases, held against the model as its manifest describes it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.core.desired import Declared, DesiredDataset, DesiredModel, DesiredProject
from reconciler.core.gallery import DesiredGallery, GalleryCase
from reconciler.core.generation.declared import declared_drawer
from reconciler.core.generation.rules import misfit, misplaced_checkpoint, misuse, wrong_model
from reconciler.core.generation.wrong import Wrong, as_key, steps_of
from reconciler.core.kind import Kind
from reconciler.core.manifest.document import Document
from reconciler.core.manifest.gallery_spec import CASES, CaseKeys, GalleryBody, ImagePromptKeys
from reconciler.core.manifest.loaded import GalleryManifest, Loaded
from reconciler.core.manifest.mismatch import Vocabulary, problems_of
from reconciler.core.manifest.names import name_problem
from reconciler.core.manifest.portable import Outside, below, comparable, unportable
from reconciler.core.manifest.strict import fit
from reconciler.core.manifest.suggestion import did_you_mean
from reconciler.core.manifest.tree import ManifestTree
from reconciler.core.order import Drawer, Draws, Guidance, Method, Order, Picture, Value
from reconciler.core.problem import Problem, Severity
from reconciler.core.ref import Ref
from reconciler.core.text import quoted

ADDRESSES = ("http://", "https://")
_WORDS = Vocabulary(
    title="Gallery",
    rule="manifest",
    model=GalleryBody,
    remedies={
        ("metadata", "ensure"): "A gallery has no live side. Remove the manifest; its pictures are yours to keep.",
        ("metadata", "moved"): "A gallery has no live side, and may be renamed at any time.",
        ("spec", "cases", "results"): "A case draws one result.",
        ("spec", "cases", "sync"): "A gallery never lets a request wait: an answer that takes long may be lost.",
        ("spec", "cases", "checkpoint"): "Write `checkpoints` beside `cases`: each is a column of the gallery.",
        ("spec", "cases", "guide"): "Write guidance: [{method: canny, image: pose.png, scale: 0.8}].",
    },
    examples={("spec", "cases"): "Write it as a list: - {name: waving, prompt: waving, seed: 7}."},
)
_PLAIN = (
    "seed", "aspect_ratio", "steps", "fast", "negative_prompt", "influence", "guidance_scale", "enhance_prompt",
    "enhance_image", "moderation", "prompt_moderation", "ip_signal",
)  # fmt: skip
"""Keys of a case that are parameters as they stand."""


def read_gallery(document: Document) -> GalleryManifest | tuple[Problem, ...]:
    """The gallery that a document declares, or all that is wrong with the document itself."""
    body = fit(GalleryBody, document.value)
    mismatches = body if isinstance(body, tuple) else ()
    problems = list(_names(document))
    if mismatches or document.has_null:
        problems = [*problems_of(document, mismatches, _WORDS), *problems]
    if isinstance(body, tuple) or problems:
        return tuple(problems)
    return GalleryManifest(name=body.metadata.name, body=body, document=document)


def _names(document: Document) -> Iterator[Problem]:
    cases = document.value_at("spec", "cases")
    # Of more cases than a gallery may have the list itself is wrong, and to find the place of each takes long.
    number = min(len(cases), CASES) if isinstance(cases, list) else 0
    for steps in (("metadata", "name"), ("spec", "model"), *(("spec", "cases", at, "name") for at in range(number))):
        name = document.value_at(*steps)
        if isinstance(name, str):
            yield from name_problem(name, document.at(*steps))


def declare_galleries(
    loaded: Loaded, tree: ManifestTree, present: Mapping[Ref, Declared], problems: list[Problem]
) -> dict[str, DesiredGallery]:
    """All galleries by name, sorted. What is wrong with them is added to the list."""
    found: dict[str, DesiredGallery] = {}
    for manifest in sorted(loaded.galleries, key=lambda one: one.document.at()):
        other = found.get(manifest.name)
        if other is not None:
            problems.append(_double(manifest, other))
            continue
        gallery = _declared(manifest)
        problems += _judge(manifest, gallery, tree, present, is_partial=loaded.is_partial)
        problems += _shared(manifest, gallery, found.values())
        found[manifest.name] = gallery
    return {name: found[name] for name in sorted(found)}


def _declared(manifest: GalleryManifest) -> DesiredGallery:
    body = manifest.body
    try:
        folder = below(manifest.folder, body.spec.path)
    except Outside:  # a Problem says so
        folder = ""
    return DesiredGallery(
        name=manifest.name,
        location=manifest.document.at(),
        model=Ref(Kind.MODEL, body.spec.model),
        folder=folder,
        checkpoints=tuple(dict.fromkeys(body.spec.checkpoints or ())),
        cases=tuple(
            GalleryCase(
                name=case.name, order=_order(case, manifest), location=manifest.document.at("spec", "cases", at)
            )
            for at, case in enumerate(body.spec.cases)
        ),
    )


def _order(case: CaseKeys, manifest: GalleryManifest) -> Order:
    """The case as an order. A picture that could not be read has a Problem, and is a picture without a digest here."""

    def picture(named: str) -> Picture:
        return manifest.pictures.get(named) or Picture(label=named, digest="")

    given: dict[str, Value | None] = {key: getattr(case, key) for key in _PLAIN}
    if case.image_prompt is not None:
        given |= {"image_prompt_mode": case.image_prompt.mode, "image_prompt_scale": case.image_prompt.scale}
    if case.structure is not None:
        given["structure_influence"] = case.structure.influence
    if case.person is not None:
        given["id_strength"] = case.person.id_strength
    return Order(
        draws=Draws(case.kind),
        prompt=case.prompt or "",
        structured_prompt=manifest.texts.get(case.structured_prompt or "", ""),
        given={key.replace("_", "-"): value for key, value in given.items() if value is not None},
        guidance=tuple(
            Guidance(method=Method(one.method), picture=picture(one.image), scale=one.scale)
            for one in case.guidance or ()
        ),
        image_prompt=tuple(picture(named) for named in _named(case.image_prompt)),
        structure=None if case.structure is None else picture(case.structure.image),
        person=None if case.person is None else picture(case.person.image),
        has_prefix=case.prefix,
    )


def _named(keys: ImagePromptKeys | None) -> tuple[str, ...]:
    if keys is None:
        return ()
    return (*(() if keys.image is None else (keys.image,)), *(keys.images or ()))


def pictures_in(manifest: GalleryManifest) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The steps to each picture that a gallery names, and what is written there."""
    for at, case in enumerate(manifest.body.spec.cases):
        steps = ("spec", "cases", at)
        for number, guide in enumerate(case.guidance or ()):
            yield (*steps, "guidance", number, "image"), guide.image
        if case.image_prompt is not None:
            if case.image_prompt.image is not None:
                yield (*steps, "image_prompt", "image"), case.image_prompt.image
            for number, named in enumerate(case.image_prompt.images or ()):
                yield (*steps, "image_prompt", "images", number), named
        if case.structure is not None:
            yield (*steps, "structure", "image"), case.structure.image
        if case.person is not None:
            yield (*steps, "person", "image"), case.person.image


def _judge(
    manifest: GalleryManifest,
    gallery: DesiredGallery,
    tree: ManifestTree,
    present: Mapping[Ref, Declared],
    *,
    is_partial: bool,
) -> Iterator[Problem]:
    yield from _cases(manifest)
    yield from _steps(manifest)
    for at, case in enumerate(gallery.cases):
        yield from _told(manifest, at, misuse(case.order, as_key))
    if not tree.has(gallery.model):
        if not is_partial:
            yield _no_model(manifest, gallery, tree)
        return
    drawer = _drawer(gallery.model, present)
    if drawer is None:
        return
    for at, case in enumerate(gallery.cases):
        reason = wrong_model(case.order.draws, drawer)
        if reason is not None:
            place = manifest.document.at("spec", "cases", at, "kind")
            yield Problem(
                rule="gallery-model",
                location=place,
                summary=f"this model does not draw the case {quoted(case.name)}",
                detail=_sentence(reason),
                remedy="Change the kind of the case, or remove it.",
            )
        elif _is_read(manifest, at):
            yield from _told(manifest, at, misfit(case.order, drawer, as_key))
    for at, step in enumerate(manifest.body.spec.checkpoints or ()):
        order = replace(gallery.cases[0].order, checkpoint=step)
        for wrong in misplaced_checkpoint(order, drawer, as_key):
            yield Problem(
                rule="gallery-checkpoint",
                location=manifest.document.at("spec", "checkpoints", at),
                summary="this model has no checkpoints",
                detail=_sentence(wrong.words),
                remedy="Remove `checkpoints`.",
            )
    yield from _dispensable(manifest, present.get(gallery.model))


def _dispensable(manifest: GalleryManifest, model: Declared | None) -> Iterator[Problem]:
    """Checkpoints that the gallery draws with, and that the manifest of its model does not keep."""
    kept = model.policy.keep_checkpoints if isinstance(model, DesiredModel) else None
    for at, step in enumerate(manifest.body.spec.checkpoints or ()):
        if kept is not None and step not in kept:
            yield Problem(
                rule="gallery-checkpoint-pruned",
                location=manifest.document.at("spec", "checkpoints", at),
                summary=f"`apply --prune` may delete the checkpoint {step}, which this gallery draws with",
                detail="`training.keep_checkpoints` of its model does not list it.",
                remedy="List it there too.",
                severity=Severity.WARNING,
            )


def _is_read(manifest: GalleryManifest, at: int) -> bool:
    """Could the structured prompt of a case be read? If not, a Problem says so."""
    named = manifest.body.spec.cases[at].structured_prompt
    return named is None or named in manifest.texts


def _drawer(ref: Ref, present: Mapping[Ref, Declared]) -> Drawer | None:
    """The model as declared; None where it is to be deleted, or what it stands on is not declared."""
    model = present.get(ref)
    dataset = present.get(model.dataset) if isinstance(model, DesiredModel) else None
    project = present.get(dataset.project) if isinstance(dataset, DesiredDataset) else None
    if not isinstance(model, DesiredModel) or not isinstance(project, DesiredProject):
        return None
    return declared_drawer(model, project)


def _told(manifest: GalleryManifest, at: int, wrongs: Iterable[Wrong]) -> Iterator[Problem]:
    name = manifest.body.spec.cases[at].name
    for wrong in wrongs:
        yield Problem(
            rule="gallery-case",
            location=manifest.document.at_key("spec", "cases", at, *steps_of(wrong.flag)),
            summary=f"the case {quoted(name)} cannot be drawn",
            detail=_sentence(wrong.words),
        )


def _sentence(clause: str) -> str:
    """A clause as a sentence. One that begins with the name of an object stays as it is."""
    first = clause.partition(" ")[0]
    return f"{clause}." if "/" in first else f"{clause[0].upper()}{clause[1:]}."


def _cases(manifest: GalleryManifest) -> Iterator[Problem]:
    """Names that clash, or that no file can have everywhere, and image prompts that say too little or too much."""
    first: dict[str, int] = {}
    for at, case in enumerate(manifest.body.spec.cases):
        place = manifest.document.at("spec", "cases", at, "name")
        if first.setdefault(case.name, at) != at:
            yield Problem(
                rule="gallery-case-double",
                location=place,
                summary=f"the case {quoted(case.name)} is declared twice",
                detail=f"It stands at {manifest.document.at('spec', 'cases', first[case.name], 'name')} already.",
                remedy="Give one of the two another name.",
            )
        why = unportable(f"{case.name}.png")
        if why is not None:
            yield Problem(
                rule="gallery-case-name",
                location=place,
                summary=f"{quoted(case.name)} cannot be the name of a file",
                detail=f"The files of a case bear its name; {why}.",
                remedy="Give it another name.",
            )
        prompt = case.image_prompt
        if prompt is not None and (prompt.image is None) is (prompt.images is None):
            yield Problem(
                rule="gallery-image-prompt",
                location=manifest.document.at_key("spec", "cases", at, "image_prompt"),
                summary="an image prompt has `image` or `images`",
                detail="Both are there." if prompt.image is not None else "None of them is there.",
                remedy="Write image: style.png, or images: [https://example.com/a.png].",
            )


def _steps(manifest: GalleryManifest) -> Iterator[Problem]:
    steps = manifest.body.spec.checkpoints or ()
    for at, step in enumerate(steps):
        if step in steps[:at]:
            yield Problem(
                rule="gallery-checkpoint-double",
                location=manifest.document.at("spec", "checkpoints", at),
                summary=f"the checkpoint {step} stands there twice",
                remedy="Remove one of the two.",
            )


def _no_model(manifest: GalleryManifest, gallery: DesiredGallery, tree: ManifestTree) -> Problem:
    known = tree.names(Kind.MODEL)
    return Problem(
        rule="manifest-reference",
        location=manifest.document.at("spec", "model"),
        summary=f"there is no model {quoted(gallery.model.name)}",
        remedy=did_you_mean(gallery.model.name, known)
        or f"Declare it: kind: Model, metadata.name: {gallery.model.name}",
    )


def _double(manifest: GalleryManifest, other: DesiredGallery) -> Problem:
    return Problem(
        rule="manifest-double",
        location=manifest.document.at("metadata", "name"),
        summary=f"{other} is declared twice",
        detail=f"It stands at {other.location} already.",
        remedy="Rename one of the two, or remove it.",
    )


def _shared(manifest: GalleryManifest, gallery: DesiredGallery, others: Iterable[DesiredGallery]) -> Iterator[Problem]:
    """Results of two galleries would be taken for each other's."""
    for other in others:
        if _meet(gallery.folder, other.folder):
            yield Problem(
                rule="gallery-folder",
                location=manifest.document.at("spec", "path"),
                summary=f"{gallery} and {other} have one folder",
                detail=f"{other} (at {other.location}) keeps its results in {quoted(other.folder, 80)}.",
                remedy="Give each a folder of its own, none inside another.",
            )


def _meet(one: str, other: str) -> bool:
    """Are two folders one, or one in the other? One that is not known meets none."""
    return bool(one and other) and (lies_in(one, other) or lies_in(other, one))


def lies_in(folder: str, above: str) -> bool:
    """Is a folder another one, or in it? Letter case makes no difference: on some machines it is none."""
    return f"{comparable(folder)}/".startswith(f"{comparable(above)}/")
