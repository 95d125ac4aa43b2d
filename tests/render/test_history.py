"""The versions of a manifest, for people and for programs."""

import json
from dataclasses import replace

from reconciler.core.guide import PrefixGuide
from reconciler.core.live import DatasetStatus, ModelStatus
from reconciler.core.look.history import DatasetEntry, History, Mark, ModelEntry
from reconciler.render.history import history_json, history_view
from reconciler.render.text import render_text
from tests.render import sample

V2 = ModelEntry(
    version=2,
    id=92,
    name="lora-max v2 (a51be07aa9c13)",
    fingerprint="a51be07aa9c13",
    status=ModelStatus.COMPLETED,
    word="Completed",
    mark=Mark.IN_FORCE,
    dataset="lora-poses v2",
    dataset_id=458,
    training_mode="expert",
    training_version="bria-3.2",
    parameters=(("rank", 128),),
    description="Lora in any scene",
    created_at="2025-08-20T06:06:05",
    aliases=("candidate", "production"),
)
V1 = replace(
    V2,
    version=1,
    id=81,
    status=ModelStatus.UNKNOWN,
    word="Paused",
    mark=Mark.DUPLICATE,
    dataset=None,
    training_mode=None,
    training_version=None,
    parameters=(),
    description="",
    created_at=None,
    aliases=(),
)
DRAFT = DatasetEntry(
    version=2,
    id=458,
    name="lora-poses v2 draft a9f3c1a2b7d40 3f2a of v1 stale",
    fingerprint="a9f3c1a2b7d40",
    status=DatasetStatus.DRAFT,
    mark=Mark.DRAFT,
    images=None,
    guide=None,
    clone_of=1,
    is_stale=True,
)
FINAL = replace(
    DRAFT,
    version=1,
    id=457,
    status=DatasetStatus.COMPLETED,
    mark=Mark.NONE,
    images=1200,
    guide=PrefixGuide(text="An illustration,"),
    clone_of=None,
    is_stale=False,
    models=("lora-max v1", "lora-max v2"),
)


def test_models_with_all_that_is_known_of_them() -> None:
    """What is not known is not guessed; a status of another word is shown as the API wrote it."""
    history = History(ref=sample.MODEL, entries=(V2, V1, replace(V1, dataset_id=None)), is_declared=True)
    assert render_text(history_view(history)) == (
        "model/lora-max: 3 live versions\n"
        "\n"
        ". v2  trained, in force (id 92, a51be07aa9c13)\n"
        "    aliases          candidate, production\n"
        "    trained on       lora-poses v2\n"
        "    definition       expert, bria-3.2, rank 128\n"
        '    description      "Lora in any scene"\n'
        "    created          2025-08-20T06:06:05\n"
        "~ v1  Paused, duplicate (id 81, a51be07aa9c13)\n"
        "    trained on       dataset 458, not live any more\n"
        "~ v1  Paused, duplicate (id 81, a51be07aa9c13)\n"
        "    trained on       a dataset that is not live\n"
    )


def test_datasets_with_what_a_draft_still_lacks() -> None:
    """And what follows where none is what git declares."""
    entries = (DRAFT, replace(DRAFT, mark=Mark.LEFTOVER, is_stale=False, clone_of=None), FINAL)
    history = History(ref=sample.DATASET, entries=entries, is_declared=True)
    assert render_text(history_view(history)) == (
        "dataset/lora-poses: 3 live versions\n"
        "\n"
        "~ v2  draft (id 458, a9f3c1a2b7d40)\n"
        "    clone            of v1, not checked yet\n"
        "    captions         stale: they may follow another guide\n"
        "~ v2  leftover draft (id 458, a9f3c1a2b7d40)\n"
        "  v1  completed (id 457, a9f3c1a2b7d40)\n"
        "    images           1,200\n"
        '    caption_prefix   "An illustration,"\n'
        "    trained          lora-max v1, lora-max v2\n"
        "\n"
        "None of them is what git declares: `reconciler plan` shows what apply would do.\n"
    )


def test_no_manifest_and_no_version() -> None:
    """Said in a line each."""
    undeclared = History(ref=sample.DATASET, entries=(FINAL,), is_declared=False)
    assert render_text(history_view(undeclared)).startswith(
        "dataset/lora-poses: 1 live version, declared by no manifest\n"
    )
    assert "None of them" not in render_text(history_view(undeclared))
    nothing = History(ref=sample.DATASET, entries=(), is_declared=True)
    assert render_text(history_view(nothing)) == (
        "dataset/lora-poses\n  No version is live: `reconciler plan` shows what apply would make.\n"
    )


def test_json_is_complete_and_ascii() -> None:
    """Parameters as a mapping, no mark as null."""
    hostile = replace(V2, description=sample.HOSTILE, mark=Mark.NONE)
    text = history_json(History(ref=sample.MODEL, entries=(hostile,), is_declared=True))
    assert text.isascii()
    found = json.loads(text)
    assert (found["ref"], found["declared"]) == ("model/lora-max", True)
    (one,) = found["versions"]
    assert (one["mark"], one["parameters"], one["aliases"]) == (None, {"rank": 128}, ["candidate", "production"])
    assert json.loads(history_json(History(ref=sample.DATASET, entries=(DRAFT,), is_declared=False)))["versions"][0][
        "mark"
    ] == ("draft")


def test_nothing_that_the_live_side_says_acts_on_a_terminal() -> None:
    """Descriptions, statuses, names and prefixes are foreign text."""
    model = replace(V1, word=sample.HOSTILE, dataset=sample.HOSTILE, description=sample.HOSTILE)
    model = replace(model, training_mode=sample.HOSTILE, created_at=sample.HOSTILE)
    text = render_text(history_view(History(ref=sample.MODEL, entries=(model,), is_declared=True)))
    text += render_text(
        history_view(
            History(
                ref=sample.DATASET, entries=(replace(FINAL, guide=PrefixGuide(text=sample.HOSTILE)),), is_declared=True
            )
        )
    )
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in text.splitlines())
