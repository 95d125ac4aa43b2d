"""A ref is one value for each kind and name, however it came about."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, replace

import pytest

from reconciler.core.kind import Kind
from reconciler.core.ref import Ref, parse_ref


def test_equal_refs_are_the_same_object() -> None:
    """So that comparing and looking up costs nothing; copies and pickles included."""
    ref = Ref(Kind.MODEL, "lora-max")
    others = [Ref(name="lora-max", kind=Kind.MODEL), parse_ref("model/lora-max"), replace(ref), copy.copy(ref)]
    others += [
        copy.deepcopy([ref])[0],
        pickle.loads(pickle.dumps(ref)),
        replace(Ref(Kind.DATASET, "lora-max"), kind=Kind.MODEL),
    ]
    assert all(other is ref for other in others)
    assert {ref: 1}[Ref(Kind.MODEL, "lora-max")] == 1


def test_refs_differ_by_kind_and_name_and_from_all_else() -> None:
    """A ref is no text and no pair."""
    ref = Ref(Kind.MODEL, "lora")
    assert ref not in (Ref(Kind.DATASET, "lora"), Ref(Kind.MODEL, "lora-2"), "model/lora", (Kind.MODEL, "lora"), None)
    assert repr(ref) == "Ref(kind=<Kind.MODEL: 'model'>, name='lora')"
    with pytest.raises(FrozenInstanceError):
        ref.name = "other"  # type: ignore[misc]
    assert Ref(Kind.MODEL, "lora").name == "lora"


def test_refs_are_ordered_by_kind_and_name() -> None:
    """As they need each other."""
    refs = [Ref(kind, name) for kind in reversed(Kind) for name in ("b", "a")]
    assert [str(ref) for ref in sorted(refs)] == [f"{kind}/{name}" for kind in Kind for name in ("a", "b")]


def test_threads_agree() -> None:
    """Several that name one object at once get one ref."""
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda number: Ref(Kind.MODEL, f"thread-{number // 8}"), range(4000)))
    assert all(one is found[at // 8 * 8] for at, one in enumerate(found))
