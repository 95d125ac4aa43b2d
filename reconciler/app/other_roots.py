"""Manifests that came from another root of the repository: at the base they stood there, so they are nothing new."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from reconciler.app.revision import BaseTree
from reconciler.app.settings import Settings
from reconciler.app.validate import resolve_tree
from reconciler.core.desired import Desired
from reconciler.core.look.moved_root import taken_over
from reconciler.core.problem import ProblemsFound
from reconciler.core.ref import Ref
from reconciler.files.configuration import FILE_NAME, configuration_in
from reconciler.files.git.repository import RevisionRefused, find_repository
from reconciler.files.git.revision import is_visible
from reconciler.files.git.revision_tree import revision_tree
from reconciler.files.load import load_revision
from reconciler.files.overlay import overlays_in, read_overlay_of, with_overlay


def with_moved(settings: Settings, desired: Desired, base: BaseTree, rev: str) -> BaseTree:
    """The base, and in it what this tree took over from other roots of the same account since then.

    Other roots are read only if this tree declares something that its base does not.
    """
    if base.is_elsewhere or desired.present.keys() <= set(base.desired.refs):
        return base
    for root in _other_roots(settings.root, rev):
        other = _declared(settings, root, rev)
        found = {} if other is None else taken_over(desired, base.desired, other)
        if found:
            origins: dict[Ref, str] = {**base.origins, **dict.fromkeys(found, os.path.relpath(root))}
            base = replace(base, desired=base.desired.updated(*found.values()), origins=origins, is_there=True)
    return base


def _other_roots(root: Path, rev: str) -> Iterator[Path]:
    """Folders with a `reconciler.yaml` in the repository at a revision, but for the root itself and what lies in a root."""
    try:
        repository, below = find_repository(root)
        entries = repository.entries(repository.commit(rev), "")
    except RevisionRefused:
        return
    files = (PurePosixPath(os.fsdecode(entry.path)) for entry in entries if is_visible(entry.path))
    folders = sorted(path.parent for path in files if path.name == FILE_NAME)
    own = PurePosixPath(below or ".")
    for folder in folders:
        if folder != own and not any(other in folder.parents for other in folders):
            yield repository.top / folder


def _declared(settings: Settings, root: Path, rev: str) -> Desired | None:
    """What another root declared, if it was applied to the account of now; None where it cannot be read: its own checks say so."""
    name = settings.overlay_name
    try:
        with revision_tree(root, rev) as tree:
            if name and name not in overlays_in(tree):
                return None
            overlay = read_overlay_of(tree, name) if name else None
            account = with_overlay(configuration_in(tree), overlay).account
            pins = [None if pin is None else pin.project for pin in (account, settings.account)]
            return resolve_tree(load_revision(tree, overlay=name, believes_cache=True)) if pins[0] == pins[1] else None
    except (ProblemsFound, RevisionRefused):
        return None
