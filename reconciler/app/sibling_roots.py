"""What other roots of the repository declare in the same account: it is neither a stray here, nor left behind."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reconciler.app.settings import Settings
from reconciler.core.account import Account
from reconciler.core.desired import Desired, Thing
from reconciler.core.manifest.loaded import Manifest
from reconciler.core.manifest.reading import read_manifest
from reconciler.core.manifest.spec import ProjectBody
from reconciler.core.ref import Ref


def with_elsewhere(settings: Settings, desired: Desired) -> Desired:
    """The tree, which knows what other roots declare that pin the same account; without a pin nobody knows whose they are."""
    if settings.account is None:
        return desired
    from reconciler.files.repository_roots import roots_beside

    shared = ((name, root) for name, root in roots_beside(settings.root).items() if _is_of(settings.account, root))
    found = {thing: name for name, root in shared for thing in _declared(root)}
    return replace(desired, elsewhere=found) if found else desired


def _is_of(account: Account, root: Path) -> bool:
    """Does a root pin this account, by itself or under one of its overlays?"""
    from reconciler.files.overlay import accounts_pinned

    return any(pin is not None and pin.project == account.project for pin in accounts_pinned(root).values())


def _declared(root: Path) -> Iterator[Thing]:
    """What a root declares and does not delete. What is wrong in it is told by its own checks."""
    from reconciler.files.declared import documents_in

    read = (read_manifest(document) for document in documents_in(root))
    manifests = {one.ref: one for one in read if isinstance(one, Manifest) and not one.is_absent}
    for manifest in manifests.values():
        project = _project_of(manifest, manifests)
        if project is not None:
            yield from ((manifest.ref.kind, name, place) for name in _names(manifest) for place in _places(project))


def _names(manifest: Manifest) -> list[str]:
    """The name on the live side, and the one before it: nobody knows here whether a rename is done."""
    return [name for name in (manifest.live_name, manifest.moved_from) if name is not None]


def _places(project: Manifest) -> list[str | int]:
    id_ = project.body.metadata.id if isinstance(project.body, ProjectBody) else None
    return [*_names(project), *([] if id_ is None else [id_])]


def _project_of(manifest: Manifest, manifests: dict[Ref, Manifest]) -> Manifest | None:
    """The manifest of the project that an object belongs to."""
    found: Manifest | None = manifest
    while found is not None and found.parent is not None:
        found = manifests.get(found.parent)
    return found
