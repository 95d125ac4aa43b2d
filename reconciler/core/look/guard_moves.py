"""What guards aliases, compared between two trees: a guard that goes lets later changes move an alias unseen."""

from collections.abc import Iterator

from reconciler.core.consequence import GuardMove
from reconciler.core.desired import Desired, DesiredModel
from reconciler.core.ref import Ref


def guard_moves(before: Desired, after: Desired) -> Iterator[GuardMove]:
    """Each alias that is guarded otherwise than before, of models that both trees declare. Galleries count, too."""
    for ref, model in after.models.items():
        former = before.models.get(ref) or before.models.get(Ref(ref.kind, model.moved_from or ref.name))
        if former is not None and (former.promotion is not None or model.promotion is not None):
            yield from _of(former, before, model, after)


def _of(former: DesiredModel, before: Desired, model: DesiredModel, after: Desired) -> Iterator[GuardMove]:
    labels = [label for one in (former, model) if one.promotion is not None for label in one.promotion.aliases]
    for alias in dict.fromkeys(labels):
        then, now = _cases(alias, former, before), _cases(alias, model, after)
        was, comes = _gallery(alias, former), _gallery(alias, model)
        both = was is not None and was == comes
        move = GuardMove(
            ref=model.ref,
            alias=alias,
            before=was,
            after=comes,
            gone=tuple(sorted(then.keys() - now.keys())) if both else (),
            new=tuple(sorted(now.keys() - then.keys())) if both else (),
            changed=tuple(sorted(name for name in then.keys() & now.keys() if then[name] != now[name])) if both else (),
        )
        if not both or move.gone or move.new or move.changed:
            yield move


def _gallery(alias: str, model: DesiredModel) -> str | None:
    return model.promotion.gallery if model.promotion is not None and alias in model.promotion.aliases else None


def _cases(alias: str, model: DesiredModel, tree: Desired) -> dict[str, str]:
    """The cases that count before an alias moves, and the digest of what each is defined as."""
    if model.promotion is None or alias not in model.promotion.aliases:
        return {}
    gallery = tree.galleries.get(model.promotion.gallery)
    asked = model.promotion.asked(gallery)
    return {} if gallery is None else {one.name: one.definition for one in gallery.cases if one.name in asked}
