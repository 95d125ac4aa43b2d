import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from reconciler.core.desired import Desired
from reconciler.core.kind import Kind
from reconciler.core.look.surroundings import Stray, Surroundings
from reconciler.core.problem import Location, Problem, Severity
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note, Refusal
from reconciler.core.state import AliasState, State, Unchanged
from reconciler.render.ci import problems_github
from reconciler.render.fingerprint import ModelFingerprint, fingerprints_view
from reconciler.render.json import fingerprints_json, problems_json, status_json
from reconciler.render.output import LiveAlias, LiveModel, NamesClash, output_env, output_json, output_view
from reconciler.render.problem import counted, problems_view, valid_view, warnings_view
from reconciler.render.status import status_view
from reconciler.render.text import render_text
from tests.render import sample

Golden = Callable[[str, str], None]

PROBLEMS = (
    Problem(
        rule="image-cut",
        location=Location("manifests/images/wave.png"),
        summary="cut short: the PNG ends at byte 81,920 inside a chunk",
        remedy="Export it again, or restore it with `git checkout manifests/images/wave.png`.",
    ),
    Problem(
        rule="manifest-key",
        location=Location("manifests/lora.yaml", 14, 3),
        summary='unknown key "caption_prefx" in Dataset',
        remedy='Did you mean "caption_prefix"?',
    ),
    Problem(
        rule="caption-none",
        location=Location("manifests/lora.yaml", 16, 12),
        summary="no image has a caption file",
        detail='captions.source is "sidecar", and images/ holds 24 images but no .txt or .caption beside them.',
        remedy="Write them, or use `source: automatic`.",
    ),
    Problem(
        rule="image-alpha",
        location=Location("manifests/images/tea.png"),
        summary="transparency becomes black",
        severity=Severity.WARNING,
    ),
)
AROUND = Surroundings(
    strays=(
        Stray(kind=Kind.PROJECT, id=13, name="Somebody's"),
        Stray(kind=Kind.DATASET, id=55, name="by hand", project_id=12),
        Stray(kind=Kind.DATASET, id=56, name="\x1b[2J", project_id=12),
        Stray(kind=Kind.MODEL, id=57, name="theirs", project_id=12),
    ),
    checkpoints={(Kind.MODEL, 81): ("500", "1000")},
    active={(Kind.MODEL, 81): 1000},
)
PRINTED = ModelFingerprint(
    ref=sample.MODEL, fingerprint="a51be07aa9c13", dataset=sample.DATASET, dataset_fingerprint="a9f3c1a2b7d40"
)
PRODUCTION = LiveAlias(name="production", id=81, version=2, status="completed", fingerprint="a51be08aa9c13")
CANARY = LiveAlias(name="canary", problem="v3 is not trained yet")
LIVE = (
    LiveModel(
        name="lora-max",
        id=92,
        version=3,
        status="completed",
        fingerprint="a51be07aa9c13",
        aliases=(PRODUCTION, CANARY),
    ),
    LiveModel(name="3d-hero"),
)


def test_problems_are_listed_by_place_and_counted(golden: Golden) -> None:
    """Where, what, what to do; one fact a line."""
    golden("problems/all.txt", render_text(problems_view(PROBLEMS)))


def test_warnings_alone_have_no_last_line() -> None:
    """The command goes on, so nothing is summed up."""
    assert render_text(warnings_view(PROBLEMS[3:])) == (
        "manifests/images/tea.png  warning: transparency becomes black\n"
    )
    assert render_text(warnings_view(())) == ""


def many(number: int) -> list[Problem]:
    return [
        replace(PROBLEMS[3], location=Location(f"manifests/images/tea-{place:03}.png"))
        for place in range(1, number + 1)
    ]


def test_warnings_that_say_the_same_are_told_once_with_their_number_and_first_places() -> None:
    """One of each of thousands of images would hide all others; two are no reason to fold, and an error never is."""
    text = render_text(warnings_view(many(5000)))
    assert text.count("transparency becomes black") == 1
    assert "The same 5,000 times, also at" in text
    further = "also at manifests/images/tea-002.png, manifests/images/tea-003.png, manifests/images/tea-004.png and 4,996 more"
    assert further in " ".join(text.split())
    assert "`reconciler validate --format json` lists all" in " ".join(text.split())
    assert render_text(warnings_view(many(2))).count("transparency becomes black") == 2
    errors = [replace(one, severity=Severity.ERROR) for one in many(30)]
    assert render_text(problems_view(errors)).count("transparency becomes black") == 30


def test_warnings_that_differ_in_a_number_or_a_name_say_the_same() -> None:
    """`8 images` here and `5 images` there is one thing to mend."""
    found = [replace(one, summary=f"{place} images in dataset/d{place}") for place, one in enumerate(many(40), 3)]
    text = " ".join(render_text(warnings_view(found)).split())
    assert text.count("images in dataset/") == 1
    assert "40 like this, also at manifests/images/tea-002.png" in text
    annotations = problems_github(found)
    assert annotations.count("\n") == 1
    assert "40 like this, also at manifests/images/tea-002.png" in annotations
    assert len(json.loads(problems_json(found))["problems"]) == 40


def test_problems_and_warnings_are_counted_apart() -> None:
    """Also where there is one kind, or none."""
    assert counted(PROBLEMS) == "3 problems and 1 warning"
    assert counted(PROBLEMS[3:]) == "1 warning"
    assert counted(()) == "0 problems"


def test_problems_as_json_are_ascii_and_complete() -> None:
    """Machines key on the rule; a foreign character cannot act on the terminal that shows the JSON."""
    nasty = Problem(rule="x", location=Location("a\u202eb.yaml"), summary="\x1b[2J")
    text = problems_json([*PROBLEMS, nasty])
    assert text.isascii()
    found = json.loads(text)["problems"]
    assert found[0] == {
        "rule": "x",
        "severity": "error",
        "path": "a\u202eb.yaml",
        "line": None,
        "column": None,
        "summary": "\x1b[2J",
        "detail": "",
        "remedy": "",
    }
    assert len(found) == 5


def test_a_valid_tree_is_one_line() -> None:
    """And says what was looked at."""
    assert render_text(valid_view(Desired())) == "No problems: nothing is declared.\n"


def of(name: str, alias: str, target: str, **found: object) -> AliasState:
    return AliasState(ref=Ref(Kind.MODEL, name), alias=alias, target=target, **found)  # type: ignore[arg-type]


def test_status_goes_object_by_object(golden: Golden) -> None:
    """In the order of the refs, with what apply would do; strays are counted until they are asked for."""
    training = Unchanged(
        ref=Ref(Kind.MODEL, "a"),
        id=81,
        version=2,
        fingerprint="a51be07aa9c13",
        state=State.TRAINING,
        dataset=Ref(Kind.DATASET, "d"),
        dataset_version=1,
    )
    plan = sample.plan(
        changes=(
            sample.project(id=12),
            sample.dataset(),
            sample.model(),
            sample.model(ref=Ref(Kind.MODEL, "m-created"), starts=False, base_version=None),
            sample.model(ref=Ref(Kind.MODEL, "m-described"), starts=False, creates=False),
            sample.project(ref=Ref(Kind.PROJECT, "new")),
            sample.removal(sample.removed(1, "old v1"), sample.removed(2, "old v2"), ref=Ref(Kind.DATASET, "old")),
            sample.rename("x"),
        ),
        unchanged=(
            training,
            Unchanged(ref=Ref(Kind.DATASET, "gone"), id=None, version=None, fingerprint=None, state=State.ABSENT),
        ),
        aliases=(
            of("a", "production", "a000000", id=70, version=1, fingerprint="a000000000000"),
            of("a", "candidate", "current", problem="v2 is not trained yet"),
            of("a", "canary", "a111111", problem='no trained version is "a111111"'),
        ),
        refusals=(Refusal(rule="r", ref=Ref(Kind.PROJECT, "x"), summary="it is somebody else's"),),
        notes=(
            Note(rule="stray", ref=None, text="project 12 holds 2 datasets that git does not know"),
            Note(rule="duplicate", ref=None, text="a second draft"),
            Note(rule="held", ref=None, text="a fact"),
        ),
    )
    golden("status/all.txt", render_text(status_view(plan, around=AROUND)))
    listed = render_text(status_view(plan, around=AROUND, strays=True))
    golden("status/strays.txt", listed)
    assert "a second draft" in listed


def test_a_rename_is_one_more_thing_that_apply_does() -> None:
    """An object that is renamed and else as desired, or changed as well, has one line."""
    hero = Ref(Kind.DATASET, "hero")
    same = Unchanged(ref=hero, id=1, version=1, fingerprint="a1", state=State.IN_SYNC)
    words = 'apply renames 1 live object, because it was called "lora-hero"'
    text = render_text(status_view(sample.plan(changes=(sample.rename("x"),), unchanged=(same,)))).replace("\n", " ")
    assert f"~ dataset/hero  v1  in sync (id 1); {words}" in " ".join(text.split()).replace(
        "hero v1 in", "hero  v1  in"
    )
    both = sample.plan(changes=(sample.rename("x"), sample.dataset(ref=hero)), unchanged=())
    assert f"{words}; apply makes v3" in " ".join(render_text(status_view(both)).split())


def test_status_of_a_tree_in_sync() -> None:
    """The last line says so."""
    text = render_text(status_view(sample.plan(changes=(), notes=())))
    assert text.endswith("1 object, all as git declares.\n")
    assert "0 objects" in render_text(status_view(sample.plan(changes=(), unchanged=())))
    assert "Nothing is live that no manifest declares.\n" in render_text(status_view(sample.plan(), strays=True))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.FAILED, "failed, on dataset/d v1 (id 81); `reconciler apply --retry model/lora-max` trains it anew"),
        (State.STOPPED, "stopped, on dataset/d v1 (id 81); `reconciler apply --retry model/lora-max` trains it anew"),
        (
            State.WAITING,
            "waits: v2, now superseded, is still in training (id 81); apply trains the next version after that",
        ),
    ],
)
def test_what_is_not_as_git_declares_says_what_helps(state: State, words: str) -> None:
    """Nothing is planned for it, and yet it is not as it should be."""
    one = Unchanged(
        ref=sample.MODEL,
        id=81,
        version=2,
        fingerprint="a51be07aa9c13",
        state=state,
        dataset=Ref(Kind.DATASET, "d"),
        dataset_version=1,
    )
    text = " ".join(render_text(status_view(sample.plan(changes=(), unchanged=(one,)))).split())
    assert words in text
    assert "1 object, 1 not as git declares" in text


def test_status_as_json() -> None:
    """The same facts, for machines."""
    expert = Unchanged(
        ref=Ref(Kind.MODEL, "x"),
        id=81,
        version=2,
        fingerprint="a51be07aa9c13",
        state=State.WAITING,
        dataset=Ref(Kind.DATASET, "d"),
        dataset_version=1,
    )
    plan = sample.plan(
        refusals=(Refusal(rule="r", ref=None, summary="no", remedies=("yes",)),),
        unchanged=(*sample.plan().unchanged, expert),
        aliases=(of("x", "production", "v7", problem="no"),),
    )
    found = json.loads(status_json(plan, AROUND))
    refs = ["project/lora", "dataset/lora-poses", "model/lora-max", "model/x"]
    assert [one["ref"] for one in found["objects"]] == refs
    assert [one["in_sync"] for one in found["objects"]] == [True, False, False, False]
    assert found["objects"][3]["checkpoints"] == ["500", "1000"]
    assert [one["active_checkpoint"] for one in found["objects"]].count(1000) == 1
    assert found["objects"][3]["fingerprint"] is None
    assert found["objects"][3]["aliases"] == {
        "production": {"target": "v7", "id": None, "version": None, "fingerprint": None, "problem": "no"}
    }
    assert found["strays"][1] == {"kind": "dataset", "id": 55, "name": "by hand", "project_id": 12}
    assert found["refusals"] == [{"rule": "r", "ref": None, "text": "no", "remedies": ["yes"]}]
    assert found["notes"] == []


def test_the_live_models_for_people_and_programs() -> None:
    """Text, JSON, and lines of an environment file, whose names hold no hyphens."""
    assert render_text(output_view(LIVE)) == (
        "model/lora-max  v3  completed (id 92, a51be07aa9c13)\n"
        "    production       v2  completed (id 81, a51be08aa9c13)\n"
        "    canary           nothing answers: v3 is not trained yet\n"
        "model/3d-hero       absent\n"
    )
    assert render_text(output_view(())) == "No models are declared.\n"
    found = json.loads(output_json(LIVE))["models"]["lora-max"]
    assert found == {
        "id": 92,
        "version": 3,
        "status": "completed",
        "fingerprint": "a51be07aa9c13",
        "aliases": {
            "production": {"id": 81, "version": 2, "status": "completed", "fingerprint": "a51be08aa9c13"},
            "canary": {"id": None, "version": None, "status": "absent", "fingerprint": None},
        },
    }
    assert output_env(LIVE) == (
        "MODEL_LORA_MAX_ID=92\n"
        "MODEL_LORA_MAX_VERSION=3\n"
        "MODEL_LORA_MAX_STATUS=completed\n"
        "MODEL_LORA_MAX_FINGERPRINT=a51be07aa9c13\n"
        "MODEL_LORA_MAX_PRODUCTION_ID=81\n"
        "MODEL_LORA_MAX_PRODUCTION_VERSION=2\n"
        "MODEL_LORA_MAX_PRODUCTION_STATUS=completed\n"
        "MODEL_LORA_MAX_PRODUCTION_FINGERPRINT=a51be08aa9c13\n"
        "MODEL_LORA_MAX_CANARY_STATUS=absent\n"
        "MODEL_3D_HERO_STATUS=absent\n"
    )


def test_no_value_can_end_a_line_and_no_name_stands_for_two() -> None:
    """A program that reads lines would take the rest for further values."""
    for bad in ("x\nPATH=/evil", "x\u2028y"):
        with pytest.raises(ValueError, match="MODEL_A_STATUS holds characters"):
            output_env([LiveModel(name="a", status=bad)])
    models = [LiveModel(name="lora", aliases=(LiveAlias(name="max-new"),)), LiveModel(name="lora-max-new")]
    with pytest.raises(NamesClash, match="MODEL_LORA_MAX_NEW_STATUS would stand for two things"):
        output_env(models)


def test_fingerprints_for_people_and_programs() -> None:
    """The model's, and the dataset's behind it; no models, no lines."""
    words = "model/lora-max  a51be07aa9c13 (of dataset/lora-poses a9f3c1a2b7d40)\n"
    assert render_text(fingerprints_view([PRINTED])) == words
    assert render_text(fingerprints_view(())) == ""
    assert json.loads(fingerprints_json((), [PRINTED])) == {
        "problems": [],
        "models": [
            {
                "ref": "model/lora-max",
                "fingerprint": "a51be07aa9c13",
                "dataset": "dataset/lora-poses",
                "dataset_fingerprint": "a9f3c1a2b7d40",
            }
        ],
    }
