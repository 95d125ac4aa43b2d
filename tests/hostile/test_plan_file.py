"""H53 to H60: a saved plan is input, not authority: exit 4 before anything is sent or read, whatever was done to it."""

import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from reconciler.simulator import Instead, Request, Response, Simulator
from reconciler.simulator.console import add_dataset
from reconciler.simulator.server import serving
from tests.cli.conftest import Cli, account, draw, edit
from tests.hostile.forgery import Change, Plan, forge, objects, sealed, step_of
from tests.hostile.judge import judge_json, judge_markdown, judge_page, judge_text
from tests.hostile.listening import listening
from tests.hostile.words import WORDS, signed

TOKEN = "canary-7f3e9a1c5b"
FREE = {"calls": 1, "bytes": 0, "uploads": 0, "removals": 0, "regenerations": 0, "rewrites": 0, "trainings": 0, "deletions": 0}  # fmt: skip


@pytest.fixture
def planned(tree: Path, cli: Cli) -> Path:
    """The tree with an edit, and the plan of it, saved: a clone, a removal, an upload, a guide, a training."""
    edit(tree / "manifests/dataset.yaml", "purple hair", "green hair")
    (tree / "manifests/images/p0.png").unlink()
    draw(tree / "manifests/images/new.png", (1, 2, 3))
    assert cli("plan", "--out", "plan.json").code == 0
    return tree


PLAN = (("apply", "plan.json"),)
READERS = (*PLAN, ("apply", "--equivalent-to", "plan.json"), ("apply", "--within", "plan.json"), ("show", "plan.json"))


def refused(cli: Cli, *, words: str = "", commands: tuple[tuple[str, ...], ...] = READERS) -> None:
    """No command does anything with the file: exit 4, one message, and the account as it was."""
    before = objects(Path("world.db"))
    for command in commands:
        ran = cli(*command)
        assert (ran.code, ran.out) == (4, ""), (command, ran)
        assert words in " ".join(ran.err.split()), ran.err
        judge_text(ran.err)
    assert objects(Path("world.db")) == before


def test_the_plan_that_is_forged_below_could_be_applied(planned: Path, cli: Cli) -> None:
    """Else every refusal here would prove nothing; a digest made by the test is the one that the tool makes."""
    text = (planned / "plan.json").read_text()
    forge(planned / "plan.json", lambda plan: None)
    assert json.loads((planned / "plan.json").read_text()) == json.loads(text)
    assert cli("apply", "plan.json").code == 0


def added(step: Plan, **more: object) -> Change:
    """One action more, at the end."""

    def change(plan: Plan) -> None:
        action: Plan = {
            "id": "model/lora-max v1 evil",
            "ref": "model/lora-max",
            "step": step,
            "needs": [],
            "version": None,
        }
        rest: Plan = {"fingerprint": None, "label": "", "fields": [], "cost": FREE}
        plan["actions"].append(action | rest | more)

    return change


def delete(kind: str, number: int, name: str) -> Change:
    step = {"step": "delete-object", "kind": kind, "id": number, "name": name}
    return added(step, ref=f"{kind}/lora-{'max' if kind == 'model' else 'poses'}", cost=FREE | {"deletions": 1})


FORGED: dict[str, Change] = {
    "H53 a training more": added(
        {"step": "start-training", "id": 40001, "parameters": []}, cost=FREE | {"trainings": 1}
    ),
    "H53 a deletion more": delete("dataset", 200001, "lora-poses v1 (aeeeb05c36776)"),
    "H53 an update more": added({"step": "update-model", "id": 40001, "name": "mine", "description": ""}),
    "H53 a rename more": added(
        {"step": "rename-object", "kind": "model", "id": 40001, "before": "x", "after": "y", "description": ""}
    ),
    "H53 an image more": lambda plan: plan["wishes"][0]["images"].append(plan["wishes"][0]["images"][0]),
    "H53 a removal more": added(
        {"step": "remove-image", "key": "a0000000000000000", "id": 3000002},
        ref="dataset/lora-poses",
        cost=FREE | {"removals": 1},
    ),
    "H53 another prefix": lambda plan: step_of(plan, "set-guide")["step"]["guide"].update(text="evil"),
    "H53 an action of an object that does not change": added(
        {"step": "update-project", "id": 1001, "body": []}, id="project/lora update", ref="project/lora"
    ),
    "H53 actions without what they need": lambda plan: plan["actions"][-1].update(needs=[]),
    "H59 a stray is deleted": delete("dataset", 200002, "somebody's work"),
    "H59 a stray of another kind is deleted": delete("model", 200002, "somebody's work"),
    "H59 calls understated": lambda plan: step_of(plan, "clone-dataset")["cost"].update(calls=0),
    "H59 bytes understated": lambda plan: step_of(plan, "upload-image")["cost"].update(bytes=0),
    "H59 nothing is shown": lambda plan: plan.update(changes=[]),
    "H59 a training is not shown": lambda plan: plan.update(
        changes=[change for change in plan["changes"] if change["kind"] != "model"]
    ),
    "H59 an image that goes is not shown": lambda plan: next(
        change for change in plan["changes"] if change["kind"] == "dataset"
    ).update(images=[]),
    "H57 another host": lambda plan: plan["subject"].update(endpoint="https://evil.example"),
    "H57 production": lambda plan: plan["subject"].update(endpoint="https://engine.prod.bria-api.com"),
    "H57 a plan from a base": lambda plan: plan["subject"].update(base="main"),
    "H58 what was refused": lambda plan: plan["refusals"].append(
        {"rule": "x", "ref": "model/lora-max", "summary": "no", "remedies": []}
    ),
}


@pytest.mark.parametrize("forgery", FORGED)
def test_what_this_tree_and_account_do_not_give_is_refused(planned: Path, cli: Cli, forgery: str) -> None:
    """H53, H57, H59: the digest fits, the plan is well formed, and not one request is sent for it."""
    with account(Path("world.db")) as simulator:
        assert add_dataset(simulator, 1001, "somebody's work") == 200002
    forge(planned / "plan.json", FORGED[forgery])
    refused(cli, commands=PLAN)
    assert cli("show", "plan.json").code == 0


UNDERSTATED = {
    "trainings": ("start-training", "trainings"),
    "uploads": ("upload-image", "uploads"),
    "removals": ("remove-image", "removals"),
}


@pytest.mark.parametrize("number", UNDERSTATED)
def test_a_plan_cannot_say_that_it_costs_less_than_its_steps(planned: Path, cli: Cli, number: str) -> None:
    """H59: nobody is shown a training, an upload or a removal at no cost; not by `show` either."""
    step, name = UNDERSTATED[number]
    forge(planned / "plan.json", lambda plan: step_of(plan, step)["cost"].update({name: 0}))
    refused(cli, words="its costs are not those of its steps")


def test_a_deletion_costs_one_too(planned: Path, cli: Cli) -> None:
    """H59: as the others; the plan of the tree has none, so it is added."""
    forge(planned / "plan.json", added({"step": "delete-object", "kind": "model", "id": 1, "name": "x"}))
    refused(cli, words="its costs are not those of its steps")


def test_a_plan_brings_no_limit_of_its_own(planned: Path, cli: Cli) -> None:
    """H59: costs are counted anew and held against what the tree allows today."""
    (planned / "manifests/reconciler.yaml").write_text("limits: {trainings: 0}\n")
    forge(planned / "plan.json", lambda plan: plan["limits"].update(trainings=99, image_removals_percent=100))
    before = objects(Path("world.db"))
    ran = cli("apply", "plan.json")
    assert ran.code == 4
    assert "1 model would be trained; the limit is 0" in ran.err
    assert objects(Path("world.db")) == before


DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "H54 an edit without a digest": lambda data: data.replace(b"new.png", b"old.png"),
    "H54 no digest": lambda data: data.replace(b'"digest"', b'"digset"', 1),
    "H54 version 99": lambda data: resealed(data, lambda plan: plan.update(format=99)),
    "H54 no version": lambda data: resealed(data, lambda plan: plan.pop("format")),
    "H54 a version in words": lambda data: resealed(data, lambda plan: plan.update(format="1")),
    "H54 a version that only equals one": lambda data: resealed(data, lambda plan: plan.update(format=True)),
    "H54 cut": lambda data: data[: len(data) // 2],
    "H54 nothing": lambda data: b"",
    "H54 something behind": lambda data: data + b"{}",
    "H54 UTF-16": lambda data: data.decode().encode("utf-16"),
    "H54 a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "H54 a double key": lambda data: data.replace(b'"actions"', b'"actions": [], "actions"', 1),
    "H54 NaN": lambda data: data.replace(b'"calls": 1', b'"calls": NaN', 1),
    "H54 infinity": lambda data: data.replace(b'"calls": 1', b'"calls": -Infinity', 1),
    "H54 a number too large": lambda data: data.replace(b'"calls": 1', b'"calls": 1e999', 1),
    "H54 5,000 digits": lambda data: data.replace(b'"calls": 1', b'"calls": 1' + b"1" * 5000, 1),
    "H54 half a character": lambda data: resealed(data, lambda plan: plan.update(tool="\ud800")),
    "H54 a NUL byte": lambda data: data.replace(b"new.png", b"new\0png"),
    "H54 more than a plan holds": lambda data: resealed(data, lambda plan: plan.update(more=1)),
    "H54 a number as text": lambda data: resealed(data, lambda plan: plan.update(calls="3")),
    "H54 a list": lambda data: b"[1]",
    "H55 a cycle": lambda data: resealed(data, lambda plan: plan["actions"][0].update(needs=[plan["actions"][-1]["id"]])),
    "H55 a need of itself": lambda data: resealed(data, lambda plan: plan["actions"][0].update(needs=[plan["actions"][0]["id"]])),
    "H55 a need of nothing": lambda data: resealed(data, lambda plan: plan["actions"][3].update(needs=["nothing"])),
    "H55 an id twice": lambda data: resealed(data, lambda plan: plan["actions"].append(plan["actions"][-1])),
    "H55 nested lists": lambda data: b'{"digest": "x", "plan": {"format": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "H55 nested objects": lambda data: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "H59 an unknown step": lambda data: resealed(data, lambda plan: plan["actions"][0]["step"].update(step="format-disk")),
    "H59 a step of another shape": lambda data: resealed(data, lambda plan: plan["actions"][0]["step"].update(id="1; --")),
    "H59 a ref that is no name": lambda data: resealed(data, lambda plan: plan["actions"][0].update(ref="model/../../x")),
}  # fmt: skip


def resealed(data: bytes, change: Callable[[Plan], Any]) -> bytes:
    """The plan of a file changed, with a digest that fits."""
    plan = json.loads(data)["plan"]
    change(plan)
    return sealed(plan).encode()


@pytest.mark.parametrize("damage", DAMAGED)
def test_what_is_no_plan_is_read_by_no_command(planned: Path, cli: Cli, damage: str) -> None:
    """H54, H55, H59: one sentence and exit 4 from `show` and `apply`; no request and no journal."""
    path = planned / "plan.json"
    data = DAMAGED[damage](path.read_bytes())
    assert data != path.read_bytes()
    path.write_bytes(data)
    refused(cli, words="plan.json cannot be used")
    assert not (planned / ".reconciler").exists()


@pytest.mark.parametrize("kind", ["a folder", "a pipe", "a device", "64 MB", "a link to nowhere"])
def test_what_is_no_file_of_a_plans_size_is_not_read(planned: Path, cli: Cli, kind: str) -> None:
    """H54, H55: never a hang and never more memory than the limit; only what is not there is wrong usage."""
    path = planned / "plan.json"
    path.unlink()
    match kind:
        case "a folder":
            path.mkdir()
        case "a pipe":
            os.mkfifo(path)
        case "a device":
            path.symlink_to("/dev/zero")
        case "64 MB":
            with path.open("wb") as file:
                file.truncate(64 * 1024 * 1024 + 1)
        case _:
            path.symlink_to("nowhere")
    ran = cli("apply", "plan.json")
    assert ran.code == (64 if kind == "a link to nowhere" else 4)
    assert len(ran.err.splitlines()) <= 3


def many(plan: Plan, number: int, *, each_its_own: bool) -> Plan:
    """A plan of so many forged actions, all of one object or each of its own."""
    first = step_of(plan, "start-training")
    refs = [f"model/m-{place if each_its_own else 0}" for place in range(number)]
    actions = [
        first | {"id": f"{place}", "ref": ref, "needs": [f"{place - 1}"] if place else []}
        for place, ref in enumerate(refs)
    ]
    basis = [{"ref": ref, "facts": ["absent"]} for ref in refs]
    return plan | {"actions": actions, "basis": basis, "changes": [], "wishes": []}


def steps_taken(cli: Cli) -> int:
    """How many functions are called until the plan is refused: a measure of work that no busy machine disturbs."""
    count = 0

    def counting(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(counting)
    try:
        ran = cli("apply", "plan.json")
    finally:
        sys.setprofile(None)
    assert ran.code == 4
    return count


@pytest.mark.parametrize("each_its_own", [False, True])
def test_many_actions_cost_what_they_are(planned: Path, cli: Cli, each_its_own: bool) -> None:
    """H55: twice the actions, at most twice the work; a million is above the size of a plan file (64 MB)."""
    plan = json.loads((planned / "plan.json").read_text())["plan"]
    work = []
    for number in (2_000, 4_000, 8_000):
        (planned / "plan.json").write_text(sealed(many(plan, number, each_its_own=each_its_own)))
        work.append(steps_taken(cli))
    assert work[2] - work[1] < 2.2 * (work[1] - work[0])
    assert len(sealed(many(plan, 1_000, each_its_own=False))) * 1_000 > 64 * 1024 * 1024


@pytest.mark.parametrize("path", ["/etc/passwd", "../../secret.png", "images/../../../secret.png", ".hidden/link.png"])
def test_a_file_outside_of_the_tree_is_neither_uploaded_nor_read(planned: Path, cli: Cli, path: str) -> None:
    """H56: with its true digest and size, as path of an image to upload; `show` draws no picture of it either."""
    secret = planned / "secret.png"
    draw(secret, (200, 1, 1))
    (planned / "manifests/.hidden").mkdir()
    (planned / "manifests/.hidden/link.png").symlink_to(secret)
    digest = hashlib.sha256(secret.read_bytes()).hexdigest()

    def change(plan: Plan) -> None:
        wish = next(image for image in plan["wishes"][0]["images"] if image["name"] == "new.png")
        facts = {"path": path, "size": secret.stat().st_size, "key": f"a{digest[:16]}"}
        told = next(image for image in plan["changes"] if image["kind"] == "dataset")
        for image in (wish, *(one for one in (*told["images"], *told["wish"]["images"]) if one["name"] == "new.png")):
            image.update(facts)
        wish["digest"] = digest
        step_of(plan, "upload-image")["step"]["key"] = facts["key"]

    forge(planned / "plan.json", change)
    before = objects(Path("world.db"))
    with listening() as heard:
        assert cli("apply", "plan.json").code == 4
        assert cli("show", "plan.json", "--format", "html").code == 0
    assert "plan.json" in heard.files
    assert [name for name in heard.files if name.endswith("dataset.yaml")]
    assert not [name for name in heard.files if "secret" in name or "passwd" in name or "link.png" in name]
    assert objects(Path("world.db")) == before


class Refuses:
    """A hook of the simulator that refuses requests to one path while it is told to."""

    def __init__(self, end: str) -> None:
        self.end, self.is_on = end, True

    def before(self, request: Request) -> None:
        if self.is_on and request.method == "POST" and request.path.endswith(self.end):
            raise Instead(Response(status=400, headers={"content-type": "application/json"}, body=b'{"message": "no"}'))

    def after(self, request: Request, response: Response) -> None:
        """Nothing."""


def test_a_plan_of_the_simulator_does_nothing_elsewhere(
    planned: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H57: an account over the network sees reads only."""
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    monkeypatch.setenv("RECONCILER_TIER", "enterprise")
    simulator = Simulator()
    with serving(simulator) as address:
        ran = cli("apply", "plan.json", "--settle", "0", "--endpoint", address)
    assert ran.code == 4
    assert simulator.log
    assert {entry.method for entry in simulator.log} == {"GET"}


def test_a_plan_of_one_account_does_nothing_in_another(
    planned: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, trained: Path
) -> None:
    """H57: an empty one, and one that holds the same under other ids; the account it was made in takes it after all."""
    monkeypatch.setenv("RECONCILER_ENDPOINT", "simulator:empty.db")
    assert cli("apply", "plan.json").code == 4
    with account(Path("other.db")) as simulator, simulator.transaction() as world:
        for table in (world.projects, world.datasets, world.models):
            table.claim()
    monkeypatch.setenv("RECONCILER_ENDPOINT", "simulator:other.db")
    assert cli("apply", "--yes", "--wait", "training", "--root", str(trained / "manifests")).code == 0
    before = objects(Path("other.db"))
    ran = cli("apply", "plan.json")
    assert ran.code == 4
    assert "then dataset 200001" in " ".join(ran.err.split())
    assert objects(Path("other.db")) == before
    monkeypatch.setenv("RECONCILER_ENDPOINT", "simulator:world.db")
    assert cli("apply", "plan.json").code == 0


def test_a_plan_from_an_empty_account_is_applied_once(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """H58: what must be absent is a fact as well; the second time it is there."""
    monkeypatch.setenv("RECONCILER_ENDPOINT", "simulator:empty.db")
    assert cli("plan", "--out", "plan.json").code == 0
    assert cli("apply", "plan.json", "--wait", "training").code == 0
    before = objects(Path("empty.db"))
    for command in (("apply", "plan.json"), ("apply", "--equivalent-to", "plan.json")):
        ran = cli(*command)
        assert ran.code == 4
        assert "applied before?" in ran.err
    assert objects(Path("empty.db")) == before


def test_a_plan_that_was_cut_off_is_stale_and_the_rest_is_done_if_asked(
    tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H58: half applied, it is refused with the reason; `apply` without it does only what is left."""
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    monkeypatch.setenv("RECONCILER_TIER", "enterprise")
    monkeypatch.setenv("RECONCILER_SETTLE", "0")
    hook = Refuses("/models")
    simulator = Simulator(hooks=[hook], speed=1e6)
    with serving(simulator) as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        assert cli("plan", "--out", "plan.json").code == 0
        assert cli("apply", "plan.json").code == 1
        ran = cli("apply", "plan.json")
        assert ran.code == 4
        assert "is not what this plan saw" in ran.err
        hook.is_on = False
        assert cli("apply", "--yes").code == 0
    made = [entry.path.rpartition("/")[2] for entry in simulator.log if entry.committed and entry.method == "POST"]
    assert [made.count(kind) for kind in ("projects", "datasets", "models", "start_training")] == [1, 1, 1, 1]


NAMED = {"target": "x", "version": None, "fingerprint": "x"}
WHY = {
    "why": "called-before",
    "ref": None,
    "id": None,
    "version": None,
    "number": None,
    "name": "x",
    "before": None,
    "after": None,
}
FREE_WORDS = {
    "name",
    "text",
    "summary",
    "label",
    "detail",
    "caption",
    "before",
    "after",
    "endpoint",
    "tool",
    "rule",
}
FREE_WORDS |= {
    "path",
    "description",
    "alias",
    "target",
    "problem",
    "dataset_name",
    "fingerprint",
    "remedies",
}
FREE_WORDS |= {"aliases", "limit", "facts", "training_mode", "training_version", "tier", "replaces", "id", "needs"}


def poisoned(value: Any, word: str, key: str = "") -> Any:  # noqa: ANN401 - any value, and the same kind of value
    """The value with every text that may be anything replaced; ids and needs begin as they did, so that they still fit."""
    if isinstance(value, dict):
        return {name: poisoned(one, word, name) for name, one in value.items()}
    if isinstance(value, list):
        return [poisoned(one, word, key) for one in value]
    if isinstance(value, str) and key in FREE_WORDS and value:
        return f"{value}{word}" if key in {"id", "needs"} else word
    return value


@pytest.mark.parametrize("row", ["H36", "H37", "H38", "H39", "H41", "H42"])
def test_words_of_a_forged_plan_act_nowhere(planned: Path, cli: Cli, row: str) -> None:
    """H60: as text, JSON, comment and page of `show`, and in the refusal of `apply`, every text of a plan at once."""
    path = planned / "plan.json"
    plan = json.loads(path.read_text())["plan"]
    more = {
        "refusals": [{"rule": "x", "ref": "model/lora-max", "summary": "x", "remedies": ["x"]}],
        "notes": [{"rule": rule, "ref": None, "text": "x"} for rule in ("take-over", "nothing-ours", "loosened")],
        "unchanged": [{"ref": "project/lora", "id": 1, "version": 1, "fingerprint": "a", "state": "failed", "images": None, "dataset": None, "dataset_version": None, "reason": WHY}],
        "aliases": [{"ref": "model/lora-max", "alias": "x", "target": "x", "id": None, "version": None, "fingerprint": None, "problem": "x", "is_live": False}],
        "consequences": [
            {"kind": "alias", "ref": "model/lora-max", "alias": "x", "before": NAMED, "after": {**NAMED, "version": 2}, "is_pending": True},
            {"kind": "manifest-gone", "ref": "model/lora-max", "to": "x", "aliases": ["x"]},
            {"kind": "policy", "ref": "model/lora-max", "path": "x", "before": "x", "after": "x"},
            {"kind": "kept", "ref": "model/lora-max", "fingerprint": "x"},
            {"kind": "limit", "ref": None, "limit": "x", "before": 1, "after": None},
            {"kind": "account", "ref": None, "before": "x", "after": "x"},
            {"kind": "expect", "ref": None, "name": "x", "before": 1},
        ],
    }  # fmt: skip
    for word in (*signed(row), "".join(WORDS[row])):
        path.write_text(sealed(poisoned(plan | more, word)))
        for form, judge in (("text", judge_text), ("json", judge_json), ("html", judge_page)):
            shown = cli("show", "plan.json", "--format", form)
            assert shown.code == 0, shown
            judge(shown.out)
        judge_markdown(cli("show", "plan.json", "--format", "markdown").out, marker="reconciler:plan:manifests")
        for command in READERS[:3]:
            ran = cli(*command)
            assert ran.code == 4, (command, ran)
            judge_text(ran.out)
            judge_text(ran.err)
