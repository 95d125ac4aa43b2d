"""Do two plans mean the same? Case by case, and never the same where an effect differs."""

from collections import Counter
from dataclasses import replace

import pytest

from reconciler.core.desired import Desired
from reconciler.core.diff.diff import diff
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.limit import Limits
from reconciler.core.live import ModelStatus, Observed
from reconciler.core.look.offline import assess_offline
from reconciler.core.plan import Plan, Subject
from reconciler.core.planning.planner import plan
from reconciler.core.planning.review_binding import beyond, differences, meaning
from tests.core.build import (
    account,
    dataset,
    image,
    live_dataset,
    live_image,
    live_model,
    live_project,
    model,
    print_of,
    project,
    tree,
)

SUBJECT = Subject(endpoint="https://a.example", tier="starter", projects=1, datasets=1, images=2, models=1)
OLD = dataset(image("a", "text a."), image("b"))
BASE = tree(OLD, model())


def offline(desired: Desired, base: Desired = BASE) -> Plan:
    """As reviewed: compared with the base."""
    return plan(assess_offline(desired, base), subject=replace(SUBJECT, base="main"), limits=Limits())


def live(desired: Desired, observed: Observed) -> Plan:
    """As it will be done: another account, other ids, other versions."""
    return plan(diff(desired, observed), subject=SUBJECT, limits=Limits(), calls=9)


def applied(version: int = 7, **fields: object) -> Observed:
    """An account that holds the base, as version 7 of it."""
    data, trained = print_of(OLD), model_fingerprint(model(), print_of(OLD))
    images = (live_image(81, "a", "text a.", "manual"), live_image(82, "b", "a thing of the API's."))
    return account(
        live_project(),
        replace(live_dataset(10, f"poses v{version} ({data})", *images), **fields),  # type: ignore[arg-type]
        live_model(
            55,
            f"max v{version} ({trained})",
            ModelStatus.COMPLETED,
            training_mode="fully_automated",
            training_version="max",
        ),
    )


EDITS = {
    "an image comes": tree(dataset(image("a", "text a."), image("b"), image("c", "text c.")), model()),
    "an image goes": tree(dataset(image("a", "text a.")), model()),
    "an image goes with git's caption": tree(dataset(image("b")), model()),
    "an image is replaced": tree(dataset(image("a", "text a."), image("b", content="other")), model()),
    "another prefix": tree(dataset(image("a", "text a."), image("b"), prefix="A drawing of Lora,"), model()),
    "another caption": tree(dataset(image("a", "new text."), image("b")), model()),
    "a caption where the API wrote one": tree(dataset(image("a", "text a."), image("b", "text b.")), model()),
    "another mode": tree(OLD, model(training_version="light")),
    "an alias with a training": tree(OLD, model(training_version="light", aliases=(("production", "current"),))),
    "a description": tree(OLD, model(description="for the shop")),
    "another field of the project": tree(OLD, model(), project(ip_description="a woman")),
    "a draft": tree(dataset(image("a", "text a."), image("b"), image("c"), completed=False), model()),
    "aliases in descriptions": tree(
        OLD, model(training_version="light", mirror_aliases=True, aliases=(("candidate", "current"),))
    ),
    "nothing": BASE,
}


@pytest.mark.parametrize("desired", EDITS.values(), ids=EDITS.keys())
def test_what_was_reviewed_offline_means_the_same_live(desired: Desired) -> None:
    """Where the account holds what the base asked for: ids, versions, endpoint and calls do not matter."""
    assert differences(offline(desired), live(desired, applied())) == ()


@pytest.mark.parametrize("one", EDITS.keys())
@pytest.mark.parametrize("other", EDITS.keys())
def test_different_edits_never_mean_the_same(one: str, other: str) -> None:
    """Each of them has lines of its own."""
    are_equal = meaning(offline(EDITS[one])) == meaning(offline(EDITS[other]))
    assert are_equal == (one == other)


def test_what_differs_is_told_in_lines() -> None:
    """First what was reviewed, then what would be done, object by object."""
    then = offline(EDITS["another caption"])
    now = offline(tree(dataset(image("a", "newer text."), image("b")), model()))
    found = differences(then, now)
    key = OLD.images[0].digest and next(one for one in OLD.images if one.name == "a.png").digest[:16]
    assert f'- dataset/poses: caption of "a.png" (a{key}) becomes "new text."' in found
    assert f'+ dataset/poses: caption of "a.png" (a{key}) becomes "newer text."' in found
    assert [line[0] for line in found if "dataset/poses: " in line] == ["-", "-", "+", "+"]
    assert any(line.startswith("+ model/max: trains ") for line in found)


DRIFTS = {
    "somebody edited the caption that git declares": (
        applied(images=(live_image(81, "a", "by hand.", "manual"), live_image(82, "b"))),
        "+ dataset/poses: ",
    ),
    "somebody wrote a caption that git does not declare": (
        applied(images=(live_image(81, "a", "text a.", "manual"), live_image(82, "b", "by hand.", "manual"))),
        "+ dataset/poses: keeps the hand-written caption",
    ),
    "nothing is live": (account(live_project()), "+ dataset/poses: image comes"),
    "the project was edited": (
        applied().updated(live_project(ip_description="a boy")),
        '+ project/lora: ip_description "a boy" -> "a girl"',
    ),
}


@pytest.mark.parametrize(("observed", "line"), DRIFTS.values(), ids=DRIFTS.keys())
def test_drift_is_a_difference(observed: Observed, line: str) -> None:
    """What the reviewer could not see is not done unseen."""
    desired = EDITS["an image comes"]
    found = differences(offline(desired), live(desired, observed))
    assert any(one.startswith(line) for one in found), found


def test_a_text_cannot_pass_for_another() -> None:
    """Values are told as JSON: a quote or a line break inside of one makes no second line and no other text."""
    one = offline(tree(dataset(image("a", 'x" over "y'), image("b")), model()))
    other = offline(tree(dataset(image("a", "x over y"), image("b")), model()))
    assert meaning(one) != meaning(other)
    assert all("\n" not in str(line) for line in meaning(one))


@pytest.mark.parametrize("reviewed", EDITS.keys())
@pytest.mark.parametrize("done", EDITS.keys())
def test_nothing_is_beyond_a_review_but_what_it_lacks(reviewed: str, done: str) -> None:
    """Of whole plans: what is told beyond is just what the meaning of the reviewed one lacks."""
    then, now = offline(EDITS[reviewed]), live(EDITS[done], applied())
    lacking = Counter(meaning(now)) - Counter(meaning(then))
    assert Counter(beyond([then], now)) == Counter(f"+ {line}" for line in lacking.elements())


BEYOND = {
    "somebody wrote a caption that git does not declare, which is kept": (
        DRIFTS["somebody wrote a caption that git does not declare"][0],
        None,
    ),
    "all versions were deleted, so that more is uploaded to the same content": (account(live_project()), None),
    "the caption that goes was written by somebody": (
        applied(images=(live_image(81, "a", "text a.", "manual"), live_image(82, "b", "by hand.", "manual"))),
        "+ dataset/poses: caption of ",
    ),
    "the project was edited": (DRIFTS["the project was edited"][0], "+ project/lora: ip_description"),
    "the project is gone": (account(), "+ project/lora: "),
}


@pytest.mark.parametrize(("observed", "line"), BEYOND.values(), ids=BEYOND.keys())
def test_what_the_content_implies_is_within_a_review(observed: Observed, line: str | None) -> None:
    """Of a dataset whose content was reviewed what is lost counts, and nothing that makes the content."""
    writes = line is not None and "caption of" in line
    desired = EDITS["a caption where the API wrote one" if writes else "an image comes"]
    found = beyond([offline(desired)], live(desired, observed))
    assert [one for one in found if line is None or not one.startswith(line)] == []
    assert bool(found) == (line is not None)


def test_each_of_several_reviews_allows_its_part() -> None:
    """What one request left undone and the next one adds; not what neither shows."""
    fields = offline(EDITS["another field of the project"])
    both = live(
        tree(
            dataset(image("a", "text a."), image("b"), image("c", "text c.")),
            model(),
            project(ip_description="a woman"),
        ),
        applied(),
    )
    coming = offline(EDITS["an image comes"])
    assert beyond([coming, fields], both) == ()
    assert {line.partition(":")[0] for line in beyond([coming], both)} == {"+ project/lora"}
    assert beyond([fields], both)
    assert beyond([], live(EDITS["nothing"], applied())) == ()
