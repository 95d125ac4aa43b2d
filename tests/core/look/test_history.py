"""All versions of a manifest, and which of them count."""

from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.live import ModelStatus
from reconciler.core.look.history import History, Mark, dataset_entries, model_entries, version_title
from reconciler.core.state import AliasState
from tests.core.build import DATASET, MODEL, account, image, live_dataset, live_image, live_model

A, B = "a000000000001", "a000000000002"


def test_datasets_come_newest_first_with_what_their_names_say() -> None:
    """In force, older, the draft, its duplicate, one left over, and a second of one number."""
    observed = account(
        live_dataset(10, f"poses v1 ({A})", live_image(1, "a")),
        live_dataset(11, f"poses v1 ({B})"),
        live_dataset(12, f"poses v2 ({B})"),
        live_dataset(13, f"poses v3 draft {A} 3f2a of v2 stale"),
        live_dataset(14, f"poses v3 draft {A} 1111"),
        live_dataset(15, f"poses v2 draft {A} 2222"),
        live_model(30, f"max v1 ({A})", dataset_id=12),
    )
    index = AccountIndex(observed)
    entries = dataset_entries(index.datasets("poses", 1), index, 12)
    assert [(one.version, one.id, one.mark) for one in entries] == [
        (3, 13, Mark.DRAFT),
        (3, 14, Mark.DUPLICATE),
        (2, 12, Mark.IN_FORCE),
        (2, 15, Mark.LEFTOVER),
        (1, 10, Mark.NONE),
        (1, 11, Mark.DUPLICATE),
    ]
    assert (entries[0].clone_of, entries[0].is_stale) == (2, True)
    assert (entries[1].clone_of, entries[1].is_stale) == (None, False)
    assert (entries[2].fingerprint, entries[2].models, entries[4].images) == (B, ("max v1",), 1)
    assert History(ref=DATASET, entries=entries, is_declared=True).has_one_in_force


def test_models_tell_what_they_were_trained_on_and_who_points_at_them() -> None:
    """A dataset by its version, by the name that a person gave it, or gone; twins of one definition."""
    observed = account(
        live_dataset(10, f"poses v1 ({A})"),
        live_dataset(11, "My poses"),
        live_model(30, f"max v1 ({A})", created_at="2025-08-20T06:06:05", parameters=(("rank", 8),)),
        live_model(31, f"max v2 ({B})", dataset_id=11, description="later"),
        live_model(32, f"max v3 ({B})", ModelStatus.CREATED, dataset_id=99),
        live_model(33, f"max v4 ({A})", ModelStatus.DELETED, dataset_id=None),
    )
    aliases = [
        AliasState(ref=MODEL, alias="production", target="v1", id=30),
        AliasState(ref=MODEL, alias="stable", target=A, id=30),
        AliasState(ref=MODEL, alias="lost", target="v9", problem="none"),
    ]
    index = AccountIndex(observed)
    entries = model_entries(index.models("max", 1), index, 31, aliases)
    assert [(one.version, one.mark, one.dataset) for one in entries] == [
        (4, Mark.NONE, None),
        (3, Mark.DUPLICATE, None),
        (2, Mark.IN_FORCE, "My poses"),
        (1, Mark.NONE, "poses v1"),
    ]
    assert entries[3].aliases == ("production", "stable")
    assert (entries[3].created_at, entries[3].parameters) == ("2025-08-20T06:06:05", (("rank", 8),))
    assert (entries[2].description, entries[2].aliases, entries[1].dataset_id) == ("later", (), 99)


def test_a_version_is_called_by_its_base_and_number() -> None:
    """Draft or final; what a person named keeps its name."""
    assert version_title(f"poses v2 ({A})") == "poses v2"
    assert version_title(f"poses v3 draft {A} 3f2a stale") == "poses v3"
    assert version_title("Poses 2") == "Poses 2"
    assert image("a").name == "a.png"
