"""Galleries that the manifests declare, by their names, and what is there of each. Nothing is asked of the API."""

from collections.abc import Iterable
from pathlib import Path

from reconciler.app.exceptions import WrongUsage
from reconciler.app.gallery_standing import with_standings
from reconciler.core.desired import Desired
from reconciler.core.fingerprint import declared_fingerprint
from reconciler.core.gallery import DesiredGallery
from reconciler.core.manifest.suggestion import did_you_mean, nearest
from reconciler.core.text import quoted
from reconciler.files.gallery_folder import read_results
from reconciler.gallery.comparison import Comparison, compared
from reconciler.gallery.version import ALL, chosen_versions, columns_of, known_versions


def gallery_named(desired: Desired, name: str) -> DesiredGallery:
    """The gallery of that name, with or without `gallery/`. WrongUsage where no manifest declares it."""
    bare = name.removeprefix("gallery/")
    found = desired.galleries.get(bare)
    if found is None:
        guess = nearest(bare, desired.galleries)
        hint = "" if guess is None else f" Did you mean {guess}?"
        raise WrongUsage(f"No manifest declares a gallery {quoted(bare, 60)}.{hint}")
    return found


def require_cases(gallery: DesiredGallery, names: Iterable[str], flag: str) -> None:
    """WrongUsage where a flag names a case that the gallery has not got."""
    known = [case.name for case in gallery.cases]
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known)
            raise WrongUsage(f"{flag}: {gallery} has no case {quoted(name, 60)}. {hint}".strip())


def gallery_states(root: Path, desired: Desired, name: str = "") -> tuple[Comparison, ...]:
    """What is there of one gallery, or of all of them, in all versions that the tree knows."""
    wanted = [gallery_named(desired, name)] if name else list(desired.galleries.values())
    return tuple(_state(root, desired, gallery) for gallery in wanted)


def _state(root: Path, desired: Desired, gallery: DesiredGallery) -> Comparison:
    found = read_results(root, gallery).results
    model = desired.models.get(gallery.model)
    if model is None:  # it is to be deleted; what it drew stays
        known = known_versions((), "", found)
        fingerprints = tuple(dict.fromkeys(column.fingerprint for column in known.drawn))
    else:
        known = known_versions(model.aliases, declared_fingerprint(model, desired), found)
        fingerprints = chosen_versions(known, [*(label for label, _ in model.aliases), ALL]).fingerprints
    columns = with_standings(root, desired, gallery, columns_of(gallery, known, fingerprints), found)
    return compared(gallery, columns, found)
