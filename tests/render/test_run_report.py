from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.core.action import (
    Action,
    CreateDataset,
    DeleteObject,
    SetGuide,
    UpdateModel,
    UpdateProject,
    WriteCaptions,
)
from reconciler.core.event import (
    EndReason,
    Event,
    Finished,
    InTraining,
    Outcome,
    Progressed,
    Report,
    Result,
    Started,
    Throttled,
)
from reconciler.core.kind import Kind
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.render.progress import Board, board_lines
from reconciler.render.run_report import report_view
from reconciler.render.text import render_text
from reconciler.render.view import screen
from tests.execute.world import SCHEMA
from tests.render import sample

Golden = Callable[[str, str], None]


def report(*endings: tuple[Outcome, str, int], **changed: object) -> Report:
    """A report on the sample plan; missing endings are successes."""
    rest = [(Outcome.SUCCEEDED, "", 0)] * len(sample.actions())
    results = tuple(
        Result(action=action.id, ref=action.ref, outcome=outcome, detail=detail, exit_code=code)
        for action, (outcome, detail, code) in zip(sample.actions(), [*endings, *rest], strict=False)
    )
    values: dict[str, Any] = {"results": results, "calls": 41, "seconds": 58.0}
    return Report(**(values | changed))


def shown(value: Report, plan: Plan | None = None) -> str:
    return render_text(report_view(plan or sample.plan(), value))


OK = (Outcome.SUCCEEDED, "", 0)


def test_a_good_report_is_short(golden: Golden) -> None:
    """What was done and what it took, and what still runs."""
    golden("report/done.txt", shown(report(notes=("1 training running: the next apply sees how it ends",))))


def test_a_failure_says_what_is_live_what_was_not_done_and_what_to_do(golden: Golden) -> None:
    """In this order, and that running again goes on from there."""
    failed = (Outcome.FAILED, "the API refused the image: too small", 1)
    lost = (Outcome.UNKNOWN, "looking could not tell", 1)
    skipped = (Outcome.SKIPPED, "a need failed: dataset/lora-poses v3 upload a", 0)
    golden("report/failed.txt", shown(report(OK, failed, OK, lost, skipped, skipped)))


def test_an_interruption_is_no_failure_of_anything(golden: Golden) -> None:
    """What was begun was finished; what was not is counted."""
    skipped = (Outcome.SKIPPED, "interrupted", 1)
    golden("report/interrupted.txt", shown(report(OK, OK, OK, OK, OK, skipped, interrupted=True)))


def test_another_apply_and_a_deadline_have_their_own_advice() -> None:
    """Exit codes 4 and 5 are explained in words."""
    late = (Outcome.FAILED, "captions did not arrive", 5)
    made = report(OK, (Outcome.FAILED, "another apply is at work", 4), late)
    other = replace(made.results[1], reason=EndReason.ANOTHER_APPLY)
    text = shown(replace(made, results=(made.results[0], other, *made.results[2:])))
    assert "Another apply is at work: let it end" in text
    assert "A wait met its deadline" in text


def test_a_refusal_while_running_is_no_rival() -> None:
    """Exit code 4 has many reasons; only one of them is another apply."""
    text = shown(report(OK, (Outcome.FAILED, "one more training than the limit of 1; not started", 4)))
    assert "Another apply" not in text
    assert "See to what is said above, then run `reconciler apply` again" in " ".join(text.split())


def test_the_other_family_is_no_reason_to_run_again() -> None:
    """What was made is listed, `destroy` removes it, and nobody is told of a rival or to run it again."""
    made = report(OK, (Outcome.FAILED, "the API made dataset 4 of the schema family (visual_schema)", 4))
    other = replace(made.results[1], reason=EndReason.OTHER_FAMILY)
    results = (made.results[0], other, *made.results[2:])
    notes = ("created before that was known, and empty: project 3 and dataset 4; `reconciler destroy` removes them",)
    text = " ".join(shown(replace(made, results=results, notes=notes)).split())
    assert "project 3 and dataset 4; `reconciler destroy` removes them" in text
    assert "Another apply" not in text
    assert "again" not in text
    assert text.count("schema family") == 1


def test_what_an_apply_was_told_not_to_wait_for_is_no_failure(golden: Golden) -> None:
    """`--wait none` leaves steps for the next apply, and says which."""
    waits = (Outcome.SKIPPED, "waits for captions", 0)
    golden("report/waits.txt", shown(report(OK, OK, OK, waits, waits, waits)))


def test_many_skipped_objects_are_folded() -> None:
    """They are counted by object and reason."""
    actions = tuple(
        Action(id=f"dataset/d-{n:02} create", ref=Ref(Kind.DATASET, f"d-{n:02}"), step=CreateDataset(project_id=1))
        for n in range(15)
    )
    results = tuple(Result(action=one.id, ref=one.ref, outcome=Outcome.SKIPPED, exit_code=1) for one in actions)
    text = shown(Report(results=results, calls=0, seconds=0), sample.plan(actions=actions, changes=()))
    assert "dataset/d-00: 1 step not begun" in text
    assert "… and 5 more objects whose steps were not begun" in text


def test_small_changes_are_counted_too() -> None:
    """Project updates, descriptions, drafts kept as drafts, models created without training."""
    actions = (
        Action(id="p", ref=sample.PROJECT, step=UpdateProject(id=1, body=())),
        Action(id="m", ref=sample.MODEL, step=UpdateModel(id=1, name="n", description="d")),
        *sample.actions()[3:5],
    )
    plan = sample.plan(actions=actions, wishes=(sample.wish(completed=False),))
    results = tuple(Result(action=one.id, ref=one.ref, outcome=Outcome.SUCCEEDED) for one in actions)
    text = shown(Report(results=results, calls=2, seconds=1, is_simulated=True), plan)
    assert text == "1 project changed, 1 model description changed, 1 draft filled. 2 calls in 1 s (simulated).\n"
    trained = replace(
        report(), results=(*report().results[:-1], replace(report().results[-1], reason=EndReason.TRAINED))
    )
    assert "1 model trained" in shown(trained)
    bad = replace(
        report(), results=(*results, Result(action="x", ref=sample.MODEL, outcome=Outcome.FAILED, exit_code=1))
    )
    more = replace(
        plan, actions=(*actions, Action(id="x", ref=Ref(Kind.PROJECT, "b"), step=UpdateProject(id=2, body=())))
    )
    assert "lora-poses  v3  a draft, as desired" in shown(bad, more)


def in_place(*outcomes: Outcome) -> str:
    """The report on renames, stops and deletions that ended so."""
    actions = sample.in_place_actions()
    results = tuple(
        Result(action=one.id, ref=one.ref, outcome=outcome, exit_code=outcome is Outcome.FAILED)
        for one, outcome in zip(actions, outcomes, strict=True)
    )
    return shown(Report(results=results, calls=9, seconds=2), sample.plan(actions=actions, changes=(), wishes=()))


def test_deletions_and_renames_have_words_of_their_own() -> None:
    """In the last line, and after a failure also object by object; what is deleted needs no wish of a dataset."""
    ok, bad, skipped = Outcome.SUCCEEDED, Outcome.FAILED, Outcome.SKIPPED
    assert in_place(ok, ok, ok, ok).startswith(
        "1 live object renamed, 1 running training stopped, 1 version deleted, 1 project deleted. 9 calls"
    )
    assert "Run `reconciler apply` again" in in_place(ok, ok, bad, skipped)
    text = in_place(ok, ok, bad, skipped)
    assert "  dataset/hero    1 object renamed\n" in text
    assert "  model/lora-max  1 of 2 steps done\n" in text
    assert "  project/lora    not begun\n" in text
    assert "1 object deleted" in in_place(bad, ok, ok, ok)


def test_what_was_made_and_pruned_is_said_together() -> None:
    """A dataset that got a version and lost an old one."""
    old = Action(id="d", ref=sample.DATASET, step=DeleteObject(kind=Kind.DATASET, id=1, name="lora-poses v1"))
    actions = (sample.actions()[3], old, sample.actions()[0])
    results = tuple(
        Result(action=one.id, ref=one.ref, outcome=outcome, exit_code=outcome is Outcome.FAILED)
        for one, outcome in zip(actions, (Outcome.SUCCEEDED, Outcome.SUCCEEDED, Outcome.FAILED), strict=True)
    )
    assert "completed, 1 object deleted" in shown(
        Report(results=results, calls=1, seconds=1), sample.plan(actions=actions)
    )


def test_deleted_checkpoints_are_counted_apart() -> None:
    """In the line of the model and in the last one."""
    actions = sample.checkpoint_actions()
    results = tuple(Result(action=one.id, ref=one.ref, outcome=Outcome.SUCCEEDED) for one in actions)
    told = shown(Report(results=results, calls=6, seconds=1), sample.plan(actions=actions))
    assert told.endswith("3 checkpoints deleted. 6 calls in 1 s.\n")
    failed = (replace(results[0], outcome=Outcome.FAILED, exit_code=1), *results[1:])
    told = shown(Report(results=failed, calls=6, seconds=1), sample.plan(actions=actions))
    assert "2 checkpoints deleted" in told


def test_progress_has_words_for_what_is_deleted() -> None:
    """While it goes on, and where the executor gives no detail."""
    board = Board(sample.plan(actions=sample.in_place_actions()))
    board.feed(Started(action="delete", at=0))
    assert "deleting lora-max v2 (a51be07aa9c13)" in render_text(screen(board_lines(board)))
    told = lines(board, done("rename", 1), done("stop", 1), done("delete", 1))
    assert [line.split("   ")[-1].strip() for line in told.splitlines()] == [
        "renamed in place",
        "training stopped",
        "deleted",
    ]


def test_nothing_done_at_all() -> None:
    """An apply that failed at its first step says that nothing was changed."""
    failed = (Outcome.FAILED, "", 1)
    skipped = (Outcome.SKIPPED, "a need failed", 0)
    text = shown(report(failed, skipped, skipped, skipped, skipped, skipped))
    assert "1 step failed, 5 steps not begun. 41 calls in 58 s." in text
    assert "not begun; v2 stays as it is" in text


def lines(board: Board, *events: Event) -> str:
    return "".join(render_text(screen(found)) for event in events if (found := board.feed(event)))


def done(action: str, at: float, detail: str = "", outcome: Outcome = Outcome.SUCCEEDED) -> Finished:
    return Finished(action=action, at=at, outcome=outcome, detail=detail)


def test_an_apply_tells_the_steps_that_matter(golden: Golden) -> None:
    """Many small steps are said in one line; what fails is said at once; a long wait gives a sign of life."""
    board = Board(sample.plan())
    upload = "dataset/lora-poses v3 upload"
    told = lines(
        board,
        Started(action="project/lora create", at=0),
        done("project/lora create", 1),
        Started(action=f"{upload} a", at=1),
        done(f"{upload} a", 2),
        Started(action=f"{upload} b", at=2),
        Throttled(at=5, seconds=12, reason="the limit is 60 calls a minute"),
        Throttled(at=40, seconds=12, reason="the limit is 60 calls a minute"),
        Progressed(action=f"{upload} b", at=75, text="sending", done=3, total=4),
        done(f"{upload} b", 76, "too small", Outcome.FAILED),
        Started(action="dataset/lora-poses v3 complete", at=77),
        done("dataset/lora-poses v3 complete", 78, "lost", Outcome.UNKNOWN),
        done("model/lora-max v3 create", 79, "a need failed", Outcome.SKIPPED),
        done("model/lora-max v3 train", 79, "training started (id 92)"),
    )
    golden("progress/lines.txt", told + render_text(screen(board.close())))


def test_what_fills_a_draft_is_told_after_the_draft() -> None:
    """A draft is filled before it is known whether it counts: its own line comes first all the same, and none is lost."""
    project, upload, other, complete, *rest = sample.actions()
    begin = replace(complete, id="begin", step=CreateDataset(project_id=12, training_version=None))
    fails = replace(upload, id="fails", label="torn.png")
    board = Board(replace(sample.plan(), actions=(project, begin, upload, other, fails, complete, *rest)))
    early = lines(
        board,
        Started(action="begin", at=0),
        *(Started(action=one.id, at=1) for one in (upload, other, fails)),
        done(upload.id, 2),
        done("fails", 3, "too small", Outcome.FAILED),
        done(other.id, 4),
    )
    assert early == ""
    told = lines(board, done("begin", 15, "created as a draft (id 7)"), Started(action=complete.id, at=15))
    assert [line.partition("v3")[2].strip() for line in told.splitlines()] == [
        "created as a draft (id 7)",
        "uploading torn.png failed: too small",
    ]
    assert "2 uploaded" in lines(board, done(complete.id, 16))


def test_a_caption_step_says_how_many_it_writes_or_that_it_waits() -> None:
    """Only captions that are written have a label: without one, Bria's own are waited for."""
    first = sample.actions()[0]
    for label, said in (("1 caption", "writing 1 caption"), ("", "waiting for captions")):
        action = replace(first, step=WriteCaptions(texts=()), label=label)
        board = Board(replace(sample.plan(), actions=(action,)))
        board.feed(Started(action=action.id, at=0))
        assert [work.doing for work in board.works] == [said]


def test_very_long_waits_become_quiet() -> None:
    """A training of three hours is no hundred lines."""
    board = Board(sample.plan())
    board.feed(Started(action="model/lora-max v3 train", at=0))
    told = [
        board.feed(Progressed(action="model/lora-max v3 train", at=at, text="in training"))
        for at in range(0, 10800, 30)
    ]
    assert 20 < sum(bool(found) for found in told) < 60


START = datetime(2026, 11, 28, 14, 5, tzinfo=UTC)
TRAIN = "model/lora-max v3 train"


def day(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def training(at: float, began: float | None = 0.0, action: str = TRAIN) -> InTraining:
    return InTraining(action=action, at=at, began=began, text="training started (id 92)")


def test_a_training_is_told_when_it_changes_and_every_quarter_of_an_hour() -> None:
    """Three hours are a dozen lines, each of them true."""
    board = Board(sample.plan(), day)
    lines(board, Started(action=TRAIN, at=0))
    told = [lines(board, training(at)) for at in range(0, 10800, 90)]
    told.append(lines(board, done(TRAIN, 10800, "trained (id 92)")))
    said = [line.partition("v3")[2].strip() for text in told for line in text.splitlines()]
    assert said[:3] == [
        "training started (id 92); end expected 15:05 to 17:05",
        "in training since 14:05 (15 minutes); end expected 15:05 to 17:05",
        "in training since 14:05 (30 minutes); end expected 15:05 to 17:05",
    ]
    assert said[4] == "in training since 14:05 (60 minutes); end expected by 17:05"
    assert said[-1] == "trained (id 92)"
    assert len(said) == 13
    board.feed(training(10801))
    assert lines(board, training(11800)).endswith("longer than the usual 1 to 3 hours\n")


def test_several_trainings_are_one_line() -> None:
    """The first of them says since when, the last one when all will be over."""
    plan = sample.plan()
    (train,) = [action for action in plan.actions if action.id == TRAIN]
    other = replace(train, id="other", ref=Ref(Kind.MODEL, "lora-expert"), version=1)
    board = Board(replace(plan, actions=(*plan.actions, other)), day)
    told = lines(
        board, training(0), training(600, 600, "other"), training(899), training(1500), training(1590, 600, "other")
    )
    assert [line.split("   ")[-1].strip() for line in told.splitlines()] == [
        "training started (id 92); end expected 15:05 to 17:05",
        "training started (id 92); end expected 15:15 to 17:15",
        "the first in training since 14:05 (25 minutes); all expected to end by 17:15",
    ]
    assert "2 trainings" in told
    simulated = Board(replace(plan, actions=(*plan.actions, other)))
    told = lines(simulated, training(0), training(0, None, "other"), training(900))
    assert "2 trainings" in told
    assert "the first in training since before this apply; a training takes 1 to 3 hours" in told


def test_the_board_of_a_training_tells_the_time_and_not_a_step() -> None:
    """It is true at each moment at which it is drawn, not only after an event."""
    board = Board(sample.plan(), day)
    board.feed(Started(action=TRAIN, at=0))
    board.feed(training(60, 60))
    board.now = 780
    assert render_text(screen(board_lines(board))) == (
        "model/lora-max v3   in training since 14:06 (12 minutes); end expected 15:06 to 17:06\n"
    )
    before = Board(sample.plan(), day)
    before.feed(Started(action=TRAIN, at=0))
    before.feed(training(60, None))
    words = "model/lora-max v3   in training since before this apply; end expected by 17:05\n"
    assert render_text(screen(board_lines(before))) == words
    simulated = Board(sample.plan())
    simulated.feed(Started(action=TRAIN, at=0))
    simulated.feed(training(60, 60))
    simulated.now = 2460
    assert render_text(screen(board_lines(simulated))) == (
        "model/lora-max v3   in training for 40 minutes (simulated); a training takes 1 to 3 hours\n"
    )
    board.feed(done(TRAIN, 800, "trained"))
    assert board_lines(board) == ()


def test_every_step_that_matters_has_words_of_its_own() -> None:
    """Where the executor gives no detail the verb speaks."""
    board = Board(sample.plan())
    assert "verified, completed" in lines(board, done("dataset/lora-poses v3 complete", 1))


def test_a_guide_that_fails_is_called_by_its_field() -> None:
    """A schema is no prefix."""
    guide = Action(id="guide", ref=sample.DATASET, step=SetGuide(guide=SCHEMA), version=3, label=SCHEMA.field)
    board = Board(sample.plan(actions=(guide,)))
    ended = Finished(action="guide", at=1.0, outcome=Outcome.FAILED, detail="the API refused it", exit_code=1)
    said = lines(board, Started(action="guide", at=0.0), ended)
    assert said.split("   ")[-1].strip() == "setting visual_schema failed: the API refused it"


def test_the_board_shows_who_is_at_work_and_how_far() -> None:
    """A line for each object, the time left where something was done, and one for the limiter."""
    board = Board(sample.plan(), is_simulated=True)
    for event in (
        Started(action="dataset/lora-poses v3 upload a", at=0),
        Finished(action="dataset/lora-poses v3 upload a", at=10, outcome=Outcome.SUCCEEDED),
        Started(action="dataset/lora-poses v3 upload b", at=10),
        Started(action="model/lora-max v3 create", at=10),
        Throttled(at=11, seconds=12, reason="the limit is 60 calls a minute"),
    ):
        board.feed(event)
    assert render_text(screen(board_lines(board))) == (
        "dataset/lora-poses v3   1 of 3 steps, 22 s left (simulated)   uploading wave.png\n"
        "model/lora-max v3       0 of 2 steps   creating\n"
        "waiting 12 s (simulated): the limit is 60 calls a minute\n"
    )
    assert board_lines(Board(sample.plan())) == ()
