"""Rules for what guards aliases: a guarded one names a fingerprint, and the gallery is one of the same model."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from reconciler.core.manifest.loaded import Manifest
from reconciler.core.manifest.model import judge_label, wrong_guarded
from reconciler.core.manifest.overlaid import overlaid
from reconciler.core.manifest.overlay import Overlay
from reconciler.core.manifest.spec import ModelBody, PromotionKeys
from reconciler.core.manifest.suggestion import did_you_mean, nearest
from reconciler.core.problem import Problem, Severity
from reconciler.core.ref import Ref
from reconciler.core.text import quoted

if TYPE_CHECKING:
    from reconciler.core.gallery import DesiredGallery

_STEPS = ("spec", "promotion")


def judge_promotions(
    manifests: Mapping[Ref, Manifest], galleries: "Mapping[str, DesiredGallery]", *, knows_all: bool
) -> Iterator[Problem]:
    """All that is wrong with guards. `knows_all` is False where a gallery may stand in a file that could not be read."""
    for manifest in manifests.values():
        keys = _promotion(manifest)
        if keys is not None:
            yield from _labels(manifest, keys)
            yield from _gallery(manifest, keys, galleries, knows_all=knows_all)


def guarded_in(overlay: Overlay, manifests: Iterable[Manifest]) -> Iterator[Problem]:
    """Guarded aliases that an overlay moves without naming a fingerprint, each at its place in the overlay."""
    for manifest in manifests:
        difference = overlay.objects.get(manifest.ref)
        if difference is None or not difference.aliases:
            continue
        meant = overlaid(manifest, overlay.objects)
        keys = _promotion(meant) if isinstance(meant, Manifest) else None
        for label, version in difference.aliases.items():
            if keys is not None and label in keys.aliases:
                yield from wrong_guarded(label, version, difference.alias_places[label])


def _promotion(manifest: Manifest) -> PromotionKeys | None:
    return manifest.body.spec.promotion if isinstance(manifest.body, ModelBody) else None


def _labels(manifest: Manifest, keys: PromotionKeys) -> Iterator[Problem]:
    assert isinstance(manifest.body, ModelBody)
    declared = manifest.body.spec.aliases or {}
    free = [label for label in declared if label not in keys.aliases]
    for at, label in enumerate(keys.aliases):
        place = manifest.document.at(*_STEPS, "aliases", at)
        yield from judge_label(label, place)
        meant = None if label in declared else nearest(label, free)
        if meant is not None:
            yield Problem(
                rule="promotion-alias",
                location=place,
                summary=f"the guarded alias {quoted(label, 63)} names nothing yet, and {quoted(meant, 63)} is not guarded",
                remedy=f"Did you mean {quoted(meant, 63)}?",
                severity=Severity.WARNING,
            )


def _gallery(
    manifest: Manifest, keys: PromotionKeys, galleries: "Mapping[str, DesiredGallery]", *, knows_all: bool
) -> Iterator[Problem]:
    place = manifest.document.at(*_STEPS, "gallery")
    gallery = galleries.get(keys.gallery)
    if gallery is None:
        if knows_all:
            yield Problem(
                rule="promotion-gallery",
                location=place,
                summary=f"there is no gallery {quoted(keys.gallery)}",
                remedy=did_you_mean(keys.gallery, galleries)
                or f"Declare it: kind: Gallery, metadata.name: {keys.gallery}, spec.model: {manifest.ref.name}",
            )
        return
    if gallery.model != manifest.ref:
        own = [one.name for one in galleries.values() if one.model == manifest.ref]
        yield Problem(
            rule="promotion-model",
            location=place,
            summary=f"{gallery} is a gallery of {gallery.model}",
            detail=f"It holds no picture that {manifest.ref} drew.",
            remedy=f"Name a gallery of {manifest.ref}"
            + (
                f": {', '.join(own[:3])}."
                if own
                else f", or declare one: kind: Gallery, spec.model: {manifest.ref.name}"
            ),
        )
        return
    known = [case.name for case in gallery.cases]
    for at, name in enumerate(keys.cases or ()):
        if name not in known:
            yield Problem(
                rule="promotion-case",
                location=manifest.document.at(*_STEPS, "cases", at),
                summary=f"{gallery} has no case {quoted(name, 60)}",
                remedy=did_you_mean(name, known),
            )
