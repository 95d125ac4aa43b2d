"""The table of kinds: what follows from a row, and that every table that goes by kind knows the same kinds."""

import pytest

from reconciler.api.kinds import CALLS
from reconciler.core.diff import kinds as diff_kinds
from reconciler.core.kind import TRAITS, Kind
from reconciler.core.look.tree_as_live import KINDS as AS_LIVE
from reconciler.core.manifest import kinds as manifest_kinds
from reconciler.core.name import FinalName
from reconciler.core.planning.kinds import ACTIONS


def test_a_kind_is_what_its_row_says() -> None:
    """What stands on what, which kinds have versions, and how their live names are read."""
    assert Kind.PROJECT.below[:2] == (Kind.DATASET, Kind.MODEL)
    assert Kind.MODEL.above == (Kind.DATASET, Kind.PROJECT)
    assert [kind.has_versions for kind in (Kind.PROJECT, Kind.DATASET, Kind.MODEL)] == [False, True, True]
    assert (Kind.DATASET.title, Kind.DATASET.plural, Kind.MODEL.preposition) == ("Dataset", "datasets", "on")
    name = FinalName(base="lora-max", version=2, fingerprint="a51be07aa9c13")
    assert Kind.MODEL.parse_name(str(name)) == name
    assert Kind.PROJECT.parse_name(str(name)) is None


@pytest.mark.parametrize("kind", Kind)
def test_parents_come_first(kind: Kind) -> None:
    """The order of the rows is the order in which objects are compared and made: all that a kind needs comes before it."""
    order = list(Kind)
    assert all(order.index(above) < order.index(kind) for above in kind.above)
    assert kind in TRAITS
    assert kind in manifest_kinds.RULES


def test_whatever_is_live_has_a_row_in_every_table_of_the_live_side() -> None:
    """A kind without a live side is in none of them; a kind with versions can be renamed and pruned."""
    live = set(diff_kinds.RULES)
    assert live == set(ACTIONS) == set(CALLS) == set(AS_LIVE)
    versioned = {kind for kind in live if kind.has_versions}
    assert versioned == {kind for kind, rules in diff_kinds.RULES.items() if rules.moved and rules.old}
    assert versioned == {kind for kind, calls in CALLS.items() if calls.rename}
