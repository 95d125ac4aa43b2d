"""What the API of today may do to the prefix family, said in a plan where the account does not rule it out."""

from collections.abc import Iterator

from reconciler.core.change import DatasetChange, ModelChange
from reconciler.core.diff.account_index import known_families
from reconciler.core.guide import SchemaGuide
from reconciler.core.live import Observed
from reconciler.core.plan import Plan
from reconciler.core.refusal import Note
from reconciler.core.text import count

SMALL = "prefix-images-today"
UNSEEN = "prefix-model-unseen"


def today(plan: Plan, observed: Observed) -> Iterator[Note]:
    """Two things that nobody has seen: how many images complete such a dataset (V94), and what such a model becomes (V90)."""
    models = observed.models.values()
    is_unseen = bool(models) and all(model.training_version is None for model in models)
    if is_unseen or known_families(observed) != {"prefix"}:
        yield from (note for change in plan.changes if (note := _small(change)) is not None)
    if is_unseen:
        yield from (note for change in plan.changes if (note := _unseen(change)) is not None)


def _small(change: object) -> Note | None:
    least = SchemaGuide.least_images
    if not isinstance(change, DatasetChange) or change.wish.guide.family != "prefix" or not change.wish.completed:
        return None
    if (images := len(change.wish.images)) >= least:
        return None
    text = f"it has {count(images, 'image')}; the API of today may complete a dataset from {least} images on (docs/families.md)"
    return Note(rule=SMALL, ref=change.ref, text=text)


def _unseen(change: object) -> Note | None:
    if not isinstance(change, ModelChange) or not change.starts or change.training_version is None:
        return None
    text = (
        f"no model of this account shows its version, so nobody sees before the training whether the API makes it {change.training_version} "
        "or a model of the schema family (docs/families.md)"
    )
    return Note(rule=UNSEEN, ref=change.ref, text=text)
