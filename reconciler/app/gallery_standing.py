"""How versions stand in a gallery: whether each is approved, where that is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from reconciler.core.desired import Desired
from reconciler.core.gallery import CaseResult, Column, DesiredGallery
from reconciler.files.approval_file import approval_in
from reconciler.files.tree import Tree
from reconciler.gallery.approval import Standing, standing
from reconciler.gallery.comparison import ComparedColumn


def with_standings(
    root: Path,
    desired: Desired,
    gallery: DesiredGallery,
    columns: Sequence[ComparedColumn],
    results: Mapping[tuple[Column, str], CaseResult],
) -> tuple[ComparedColumn, ...]:
    """The columns, each with whether its version is approved, where a guard asks for that or a file claims it."""
    asked = cases_asked(desired, gallery)
    found: dict[str, Standing] = {}
    with Tree(root) as tree:
        for fingerprint in dict.fromkeys(one.column.fingerprint for one in columns):
            approval = approval_in(tree, gallery.folder, fingerprint)
            if asked is not None or approval is not None:
                own = [one for (column, _), one in results.items() if column == Column(fingerprint)]
                found[fingerprint] = standing(gallery, fingerprint, own, approval, asked)
    return tuple(replace(one, standing=found.get(one.column.fingerprint)) for one in columns)


def cases_asked(desired: Desired, gallery: DesiredGallery) -> tuple[str, ...] | None:
    """The cases that the guard of the model asks for; None where no guard asks for this gallery."""
    model = desired.models.get(gallery.model)
    promotion = None if model is None else model.promotion
    return None if promotion is None or promotion.gallery != gallery.name else promotion.asked(gallery)
