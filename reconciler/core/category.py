"""Which parts of its object a change touches. That decides what it costs: a description nothing, content a training."""

from enum import StrEnum

from reconciler.core.change import Change, DatasetChange, Effect, ModelChange, Origin


class Category(StrEnum):
    """The categories, from free to dear.

    COSMETIC changes in place; the next three make a dataset version; each of the last four may make a model version.
    """

    COSMETIC = "cosmetic"
    CAPTIONS = "captions"
    STYLE = "style"
    CONTENT = "content"
    TRAINING = "training"


def categories(change: Change) -> tuple[Category, ...]:
    """The categories of a change, in the order above; empty for a first version and for deletions."""
    match change:
        case DatasetChange():
            return _of_dataset(change)
        case ModelChange():
            return _of_model(change)
        case _:
            return (Category.COSMETIC,) if change.effect in {Effect.UPDATE, Effect.RENAME} else ()


def _of_dataset(change: DatasetChange) -> tuple[Category, ...]:
    if change.origin is Origin.CREATE and change.base_version is None:
        return ()
    found = ((Category.CAPTIONS, change.captions), (Category.STYLE, change.guide), (Category.CONTENT, change.images))
    return tuple(category for category, differs in found if differs)


def _of_model(change: ModelChange) -> tuple[Category, ...]:
    if not change.creates and not change.starts:
        return (Category.COSMETIC,)
    return (Category.TRAINING,) if change.fields else ()
