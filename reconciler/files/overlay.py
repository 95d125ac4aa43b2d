"""The overlays of a root: which there are, what each says, and a configuration with one of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from reconciler.core.account import Account
from reconciler.core.limit import allow
from reconciler.core.manifest.overlay import FOLDER, Overlay, names_in, no_overlay, read_overlay
from reconciler.core.problem import Location, Problem, in_order
from reconciler.core.ref import NAME_LIMIT, is_name
from reconciler.files.configuration import Configuration, load_configuration
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import FileRefused, Tree, TreeReader
from reconciler.files.tree_listing import FOLDER_LIMIT, TreeListing
from reconciler.files.yaml.reading import FILE_LIMIT, read_yaml

MOST = 100
"""Overlays of one root. Each is read by every command, whichever is chosen."""


def overlay_names(root: Path) -> tuple[str, ...]:
    """The names of a root's overlays; none if there is no such folder."""
    try:
        with Tree(root) as tree:
            return overlays_in(tree)
    except FileRefused:
        return ()


def overlays_in(tree: TreeReader) -> tuple[str, ...]:
    """The same of a tree that is open."""
    try:
        here = tree.entries(FOLDER, FOLDER_LIMIT)
    except FileRefused:
        return ()
    names = names_in((*here.files, *here.folders, *here.linked, *here.special))
    return tuple(name for name in names if is_name(name))


def load_overlay(root: Path, name: str) -> Overlay:
    """An overlay that is there."""
    with Tree(root) as tree:
        return read_overlay_of(tree, name)


def all_overlays(tree: TreeReader, listing: TreeListing) -> tuple[tuple[Overlay, ...], tuple[Problem, ...]]:
    """Every overlay of a tree, chosen or not, and what else lies in their folder and should not."""
    files = listing.folders[FOLDER].files if FOLDER in listing.folders else ()
    names = [name for name in names_in(files) if is_name(name)]
    found = tuple(read_overlay_of(tree, name) for name in names[:MOST])
    return found, (*_others(tree, files), *([_too_many(tree)] if len(names) > MOST else []))


def with_overlay(configuration: Configuration, overlay: Overlay | None) -> Configuration:
    """A configuration in which an overlay counts before it."""
    if overlay is None:
        return configuration
    return replace(
        configuration,
        account=overlay.account or configuration.account,
        tier=overlay.tier or configuration.tier,
        limits=allow(configuration.limits, overlay.limits),
    )


def accounts_pinned(root: Path) -> dict[str, Account | None]:
    """The account that a root pins under each of its overlays, by their names; at the empty name the one without an overlay."""
    usual = load_configuration(root)
    overlays = (load_overlay(root, name) for name in overlay_names(root))
    return {"": usual.account, **{one.name: with_overlay(usual, one).account for one in overlays}}


def read_overlay_of(tree: TreeReader, name: str) -> Overlay:
    """An overlay of a tree that is open."""
    path = f"{FOLDER}/{name}.yaml"
    data = read_bytes(tree, path, FILE_LIMIT)
    shown = tree.shown(path)
    if isinstance(data, Problem):
        return Overlay(name=name, path=shown, problems=(data,))
    reading = read_yaml(data, shown)
    if reading.problems or not reading.documents:
        return Overlay(name=name, path=shown, problems=in_order(reading.problems))
    document = reading.documents[0]
    if len(reading.documents) > 1 or not isinstance(document.value, dict):
        detail = "It is one document of keys with values."
        return Overlay(name=name, path=shown, problems=(no_overlay(Location(shown), detail),))
    if {"apiVersion", "kind"} & document.value.keys():
        detail = "A manifest in this folder would declare nothing."
        return Overlay(name=name, path=shown, problems=(no_overlay(document.at(), detail),))
    return read_overlay(document, name)


def _too_many(tree: TreeReader) -> Problem:
    return Problem(
        rule="tree-limit",
        location=tree.location(FOLDER),
        summary="there are too many overlays",
        detail=f"At most {MOST} are read.",
        remedy="Keep one for each account.",
    )


def _others(tree: TreeReader, files: Sequence[str]) -> Iterator[Problem]:
    """Files that nobody could choose although they look like overlays."""
    for name in files:
        place = tree.location(f"{FOLDER}/{name}")
        if name.endswith(".yml"):
            yield no_overlay(place, "Its name must end in .yaml.")
        elif name.endswith(".yaml") and not is_name(name.removesuffix(".yaml")):
            detail = f"Its name has lower-case letters, digits and hyphens, at most {NAME_LIMIT}, before .yaml."
            yield no_overlay(place, detail)
