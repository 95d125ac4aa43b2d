"""The laws of merging captions three ways, on every pattern of four texts that are equal or not, in both families."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from reconciler.core.guide import canonical_json
from reconciler.core.look.caption_merge import CaptionSides, MergeOutcome, Same, Side, merged

TEXTS = (None, "one.", "two.", "three.", "four.")
DOCUMENTS = (None, '{"a": 1, "b": 2}', '{"b":2,"a":1.0}', '{"a": 2}', "no document")
"""The first two documents say the same."""


def as_text(one: str, other: str) -> bool:
    return one == other


def as_document(one: str, other: str) -> bool:
    return canonical_json(one) == canonical_json(other)


def every_case() -> Iterator[tuple[CaptionSides, Same, Side | None, MergeOutcome]]:
    for same, words in ((as_text, TEXTS), (as_document, DOCUMENTS)):
        for ours, theirs, ancestor, committed in product(words, repeat=4):
            sides = CaptionSides(ours=ours, theirs=theirs, ancestor=ancestor, committed=committed)
            for choice in (None, *Side):
                yield sides, same, choice, merged(sides, same, choice)


CASES = tuple(every_case())


def equal(same: Same, one: str | None, other: str | None) -> bool:
    return one is other if one is None or other is None else same(one, other)


def result(sides: CaptionSides, outcome: MergeOutcome) -> str | None:
    """What git says afterwards. That there is no third text is how nothing can be invented."""
    return sides.theirs if outcome is MergeOutcome.TAKEN else sides.ours


def test_what_only_the_live_side_changed_is_taken() -> None:
    """ours == ancestor: theirs, whatever is chosen, as soon as git's own is committed."""
    for sides, same, _, outcome in CASES:
        if None not in {sides.ours, sides.theirs} and equal(same, sides.ours, sides.ancestor):
            is_free = equal(same, sides.ours, sides.theirs) or equal(same, sides.committed, sides.ours)
            assert equal(same, result(sides, outcome), sides.theirs if is_free else sides.ours)
            assert is_free == (outcome is not MergeOutcome.UNCOMMITTED)


def test_what_only_git_changed_stays() -> None:
    """theirs == ancestor: ours, whatever is chosen."""
    for sides, same, _, outcome in CASES:
        if None not in {sides.ours, sides.theirs} and equal(same, sides.theirs, sides.ancestor):
            assert result(sides, outcome) == sides.ours
            assert outcome in {MergeOutcome.KEPT, MergeOutcome.SAME}


def test_a_side_that_says_nothing_is_in_nobodys_way() -> None:
    for sides, _, _, outcome in CASES:
        if None in {sides.ours, sides.theirs}:
            assert result(sides, outcome) == (sides.theirs if sides.ours is None else sides.ours)


def test_a_conflict_is_a_conflict_from_both_sides() -> None:
    """And only where both say something that neither the other side nor the ancestor says, and nobody chose."""
    for sides, same, choice, outcome in CASES:
        turned = replace(sides, ours=sides.theirs, theirs=sides.ours)
        assert (outcome is MergeOutcome.CONFLICT) == (merged(turned, same, choice) is MergeOutcome.CONFLICT)
        texts = (sides.ours, sides.theirs, sides.ancestor)
        differ = not any(equal(same, texts[one], texts[other]) for one, other in ((0, 1), (0, 2), (1, 2)))
        assert (outcome is MergeOutcome.CONFLICT) == (
            choice is None and differ and None not in {sides.ours, sides.theirs}
        )


def test_without_an_ancestor_every_difference_is_a_conflict() -> None:
    for sides, same, choice, outcome in CASES:
        if sides.ancestor is None and None not in {sides.ours, sides.theirs} and choice is None:
            expected = MergeOutcome.SAME if equal(same, sides.ours, sides.theirs) else MergeOutcome.CONFLICT
            assert outcome is expected


@pytest.mark.parametrize("side", Side)
def test_a_choice_decides_conflicts_and_nothing_else(side: Side) -> None:
    for sides, same, choice, outcome in CASES:
        if choice is None:
            chosen = merged(sides, same, side)
            if outcome is not MergeOutcome.CONFLICT:
                assert chosen is outcome
            elif side is Side.OURS:
                assert chosen is MergeOutcome.KEPT
            else:
                assert chosen in {MergeOutcome.TAKEN, MergeOutcome.UNCOMMITTED}


def test_nothing_that_is_not_committed_is_written_over() -> None:
    for sides, same, _, outcome in CASES:
        if outcome is MergeOutcome.TAKEN and sides.ours is not None:
            assert equal(same, sides.ours, sides.committed)


def test_a_second_merge_finds_nothing_to_do() -> None:
    """Once what was taken is committed."""
    for sides, same, choice, outcome in CASES:
        after = result(sides, outcome)
        again = merged(replace(sides, ours=after, committed=after), same, choice)
        if outcome not in {MergeOutcome.CONFLICT, MergeOutcome.UNCOMMITTED}:
            assert again in {MergeOutcome.SAME, MergeOutcome.KEPT}
