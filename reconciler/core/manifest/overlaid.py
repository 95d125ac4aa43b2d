"""A tree as an overlay changes it: live ids, what exists, which trainings start, and what aliases name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.core.manifest.loaded import AbsentBody, Manifest
from reconciler.core.manifest.overlay import RULE, Difference, Overlay
from reconciler.core.manifest.reading import read_manifest
from reconciler.core.manifest.spec import Body, ModelBody, ProjectBody
from reconciler.core.manifest.suggestion import did_you_mean
from reconciler.core.manifest.training_spec import Training
from reconciler.core.problem import Problem
from reconciler.core.ref import Ref
from reconciler.core.typed import changed, read

_UNTOLD = read(Training, {})


def unknown_objects(overlay: Overlay, known: Iterable[Ref]) -> Iterator[Problem]:
    """A Problem for each object that an overlay names and no manifest declares."""
    refs = set(known)
    for ref, difference in overlay.objects.items():
        if ref not in refs:
            alike = sorted(str(one) for one in refs if one.kind is ref.kind)
            yield Problem(
                rule=f"{RULE}-object",
                location=difference.place,
                summary=f"no manifest declares {ref}",
                detail="An overlay changes what manifests declare, and declares nothing itself.",
                remedy=did_you_mean(str(ref), alike) or "Correct the name, or remove it from the overlay.",
            )


def overlaid(manifest: Manifest, differences: Mapping[Ref, Difference]) -> Manifest | tuple[Problem, ...]:
    """A manifest as it is meant under an overlay, or what is wrong with it there: one that is to be present needs all keys."""
    difference = differences.get(manifest.ref)
    if difference is None:
        return manifest
    if difference.ensure is not None and (difference.ensure == "absent") != manifest.is_absent:
        again = read_manifest(manifest.document, ensure=difference.ensure)
        if not isinstance(again, Manifest):
            return again
        manifest = again
    return replace(manifest, body=_body(manifest.body, difference))


def _body(body: Body | AbsentBody, difference: Difference) -> Body | AbsentBody:
    match body:
        case ProjectBody() if difference.id is not None:
            metadata = changed(body.metadata, id=difference.id)
            return changed(body, metadata=metadata)
        case AbsentBody() if difference.id is not None:
            return replace(body, id=difference.id)
        case ModelBody():
            return _model(body, difference)
        case _:
            return body


def _model(body: ModelBody, difference: Difference) -> ModelBody:
    spec = body.spec
    if difference.start is not None:
        training = changed(spec.training or _UNTOLD, start=difference.start)
        spec = changed(spec, training=training)
    if difference.aliases:
        spec = changed(spec, aliases={**(spec.aliases or {}), **difference.aliases})
    return changed(body, spec=spec)
