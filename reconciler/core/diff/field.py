"""Field-level differences of small structures, for showing."""

from collections.abc import Iterable, Mapping

from reconciler.core.change import FieldChange, Scalar


def field_changes(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[FieldChange, ...]:
    """What differs between two structures of mappings and scalars, sorted by path (`training.rank`).

    deepdiff is imported only where something differs: it is by far the dearest import of all.
    """
    if before == after:
        return ()
    from deepdiff import DeepDiff

    tree = DeepDiff(before, after, view="tree", ignore_numeric_type_changes=True, threshold_to_diff_deeper=0)
    changes = [_change(item) for kind in sorted(tree) for item in tree[kind]]
    return tuple(sorted(changes, key=lambda change: change.path))


def _change(item: object) -> FieldChange:
    keys: Iterable[object] = item.path(output_format="list")  # type: ignore[attr-defined]
    before, after = item.t1, item.t2  # type: ignore[attr-defined]
    return FieldChange(path=".".join(str(key) for key in keys), before=_scalar(before), after=_scalar(after))


def _scalar(value: object) -> Scalar:
    return value if isinstance(value, str | int | float | bool) else None
