"""Manifests that came from another root of the repository: at the base they stood there, so they are nothing new."""

import os
from dataclasses import replace
from pathlib import Path

from reconciler.app.revision import BaseTree
from reconciler.app.settings import Settings
from reconciler.app.validate import resolve_tree
from reconciler.core.desired import Desired
from reconciler.core.look.moved_root import taken_over
from reconciler.core.problem import ProblemsFound
from reconciler.core.ref import Ref
from reconciler.core.rest import NO_REST, Rest
from reconciler.files.configuration import configuration_in
from reconciler.files.git.repository import RevisionRefused
from reconciler.files.git.revision_tree import revision_tree
from reconciler.files.load import load_revision
from reconciler.files.overlay import overlays_in, read_overlay_of, with_overlay
from reconciler.files.repository_roots import roots_beside


def with_moved(settings: Settings, desired: Desired, base: BaseTree, rev: str, rest: Rest = NO_REST) -> BaseTree:
    """The base, and in it what this tree took over from other roots of the same account since then.

    `rest` is what this tree and its base hold besides. Other roots are read only if this tree declares something that its base does not.
    """
    if base.is_elsewhere or desired.present.keys() <= set(base.desired.refs):
        return base
    for root in roots_beside(settings.root, rev).values():
        other = _declared(settings, root, rev)
        found = {} if other is None else taken_over(desired, base.desired, other, rest)
        if found:
            origins: dict[Ref, str] = {**base.origins, **dict.fromkeys(found, os.path.relpath(root))}
            base = replace(base, desired=base.desired.updated(*found.values()), origins=origins, is_there=True)
    return base


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
