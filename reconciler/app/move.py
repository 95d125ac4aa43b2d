"""`mv`: a declared object gets another name in all files that name it, and its live versions are renamed by the next plan."""

from dataclasses import replace

from reconciler.app.exceptions import WrongUsage, refused, undeclared
from reconciler.app.offline import plan_offline
from reconciler.app.planning import Scope
from reconciler.app.revision import BaseTree
from reconciler.app.settings import Settings
from reconciler.app.validate import resolve_tree
from reconciler.core.desired import Desired
from reconciler.core.manifest.loaded import Loaded, Manifest
from reconciler.core.plan import Plan
from reconciler.core.problem import ProblemsFound
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass
from reconciler.files.configuration import load_configuration
from reconciler.files.file_edit import FileEdit
from reconciler.files.load import load
from reconciler.files.overlay import load_overlay, overlay_names
from reconciler.files.renaming import edited_tree, is_known_by_name, renaming
from reconciler.files.tree import Tree
from reconciler.files.yaml.edit import EditRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What changes in the files, and what the next plan makes of it.

    `is_renamed` says that live objects bear the old name; `absent_in` names the overlays that declare the object absent.
    """

    old: Ref
    new: Ref
    edits: tuple[FileEdit, ...]
    plan: Plan
    is_renamed: bool
    absent_in: tuple[str, ...]


def move(settings: Settings, old: Ref, new: Ref) -> Move:
    """What giving an object another name changes. Nothing is written yet.

    WrongUsage if there is no such object. Refused if the new name is taken, or the object is being moved already.
    ProblemsFound if the tree is not sound, before or after, or a file cannot be edited.
    """
    settings = replace(settings, overlay=None)  # what is written counts for all accounts
    loaded = load(settings.root)
    desired = resolve_tree(loaded)
    manifest = _require_movable(loaded, desired, old, new)
    edits, after = _edits(settings, loaded, old, new)
    base = BaseTree(name=str(old), desired=desired, configuration=load_configuration(settings.root))
    return Move(
        old=old,
        new=new,
        edits=edits,
        plan=plan_offline(settings, after, base, Scope()),
        is_renamed=is_known_by_name(manifest),
        absent_in=_absent_in(settings, old),
    )


def _require_movable(loaded: Loaded, desired: Desired, old: Ref, new: Ref) -> Manifest:
    manifest = next((one for one in loaded.manifests if one.ref == old), None)
    if manifest is None or manifest.is_absent:
        raise undeclared(old, desired.refs)
    if new == old:
        raise WrongUsage(f"{old} has that name already.")
    taken = next((one for one in loaded.manifests if one.ref == new), None)
    if taken is not None:
        place = taken.document.at("metadata", "name")
        raise refused("mv-taken", f"{new} is declared already, at {place}", "Choose another name.")
    if manifest.document.value_at("metadata", "moved") is not None and is_known_by_name(manifest):
        place = manifest.document.at_key("metadata", "moved")
        raise refused(
            "mv-pending",
            f"{old} was moved before, at {place}, and no file says under which name it is live now",
            f"Apply. Once `reconciler plan` renames nothing, remove those lines, then move it to {new}.",
        )
    return manifest


def _edits(settings: Settings, loaded: Loaded, old: Ref, new: Ref) -> tuple[tuple[FileEdit, ...], Desired]:
    """The edits, and the tree that they make, which has to be sound."""
    try:
        with Tree(settings.root) as tree:
            edits = renaming(tree, loaded, old, new)
            return edits, resolve_tree(edited_tree(tree, loaded, edits))
    except EditRefused as error:
        raise ProblemsFound([error.problem], end="nothing was written") from None
    except ProblemsFound as found:
        raise ProblemsFound(found.problems, end="nothing was written") from None


def _absent_in(settings: Settings, old: Ref) -> tuple[str, ...]:
    overlays = ((name, load_overlay(settings.root, name)) for name in overlay_names(settings.root))
    found = ((name, overlay.objects.get(old)) for name, overlay in overlays)
    return tuple(name for name, difference in found if difference is not None and difference.ensure == "absent")
