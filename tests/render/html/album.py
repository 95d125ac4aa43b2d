"""A plan with everything that a report can show, and pictures to go with it."""

import base64
from typing import Any

from reconciler.core.change import (
    DatasetChange,
    FieldChange,
    ModelChange,
    Origin,
    RemovalChange,
    RenameChange,
    RenamedObject,
)
from reconciler.core.content_change import CaptionChange, ImageChange, ImageEffect, KeptCaption, LostCaption
from reconciler.core.kind import Kind
from reconciler.core.loss import StoppedTraining
from reconciler.core.plan import Plan
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note, Refusal
from reconciler.core.run_options import RunOptions
from reconciler.core.state import AliasState, State, Unchanged
from reconciler.core.wish import WishImage
from reconciler.render.album import Album, ImageRename, ReportedFinding, Thumbnails
from tests.render import sample
from tests.render.printed import render_html

DIGEST = "5f2c91aa" + "0" * 56
DOT = "data:image/webp;base64," + base64.b64encode(
    bytes.fromhex("524946461a000000574542505650384c0d0000002f00000010071011118888fe0700")
).decode("ascii")
"""A picture of one point."""

FINDINGS = (
    ReportedFinding(
        ref=sample.DATASET,
        key="a1",
        name="spring-01.png",
        rule="image-near-duplicate",
        severity="warning",
        text="looks almost like spring-00.png",
    ),
    ReportedFinding(
        ref=sample.DATASET,
        key="w3",
        name="stays-3.png",
        rule="caption-short",
        severity="advice",
        text="a caption of two words says little",
    ),
)
RENAMED = (ImageRename(ref=sample.DATASET, key="mv", before="IMG_2231.png", after="poses/paint.png"),)


def thumbnails(*more: str) -> Thumbnails:
    """Pictures of all images but one."""
    keys = ("g0", "g1", "a0", "a1", "r0", "r1", "c1", "c2", "e1", "mv", *(f"w{n}" for n in range(4)), *more)
    return Thumbnails(pictures=dict.fromkeys(keys, DOT), reasons={"a2": "Git LFS content missing"})


def dataset(**changed: object) -> DatasetChange:
    """An open draft: images go for good, a caption that a person wrote is overwritten, another one is kept."""
    gone = (
        ImageChange(effect=ImageEffect.REMOVED, name="old-00", key="g0", caption="asleep on a sofa."),
        ImageChange(effect=ImageEffect.REMOVED, name="old-01", key="g1", caption="awake again.", hand_written=True),
        ImageChange(effect=ImageEffect.TWIN, name="old-02", key="t1", id=31),
    )
    coming = (
        sample.added("spring-00.png", key="a0", caption="jumping over a puddle, arms wide."),
        sample.added("spring-01.png", key="a1"),
        sample.added("spring-02.png", key="a2", caption="in the rain."),
    )
    other = ImageChange(
        effect=ImageEffect.REPLACED, name="nap.png", key="r1", replaces="r0", size=900_000, hand_written=True
    )
    values: dict[str, Any] = {
        "origin": Origin.RESUME,
        "origin_id": 458,
        "images": (*gone, other, *coming),
        "captions": (
            LostCaption(key="c1", name="tea.png", before="a cup of tea.", after="a white cup of tea."),
            CaptionChange(key="c2", name="read.png", before="reading a book.", after="reading a red book."),
        ),
        "kept": (KeptCaption(key="e1", name="wink.png", text="winking at somebody.", version=2),),
        "regenerated": 4,
        "reason": Reason(why=Why.DRAFT_UNFINISHED, id=458),
        "wish": sample.wish(
            completed=False,
            images=(
                *(WishImage(key=f"w{n}", digest=f"{n:064x}", size=1, name=f"stays-{n}.png", path="") for n in range(4)),
                WishImage(key="w4", digest=f"{4:064x}", size=1, name="told.png", path="", caption="as it is."),
            ),
        ),
    }
    return sample.dataset(**(values | changed))


def model() -> ModelChange:
    """A training with other parameters, which stops a running one."""
    return sample.model(
        stops=(StoppedTraining(id=91, name="lora-max v2 (a51be07aa9c13)"),),
        training_mode="expert",
        training_version="bria-3.2",
        parameters=(("learning_rate", 0.0001), ("rank", 256)),
        fields=(
            FieldChange(path="training.rank", before=128, after=256),
            FieldChange(path="description", before="Lora in any scene", after="Lora in every scene"),
        ),
    )


def removal() -> RemovalChange:
    return sample.removal(
        sample.removed(400, "lora-hero v1 (a9f3c1a2b7d40)"),
        sample.removed(401, "lora-hero v2 (a9f3c1a2b7d41)", stops=True),
        ref=Ref(Kind.DATASET, "lora-hero"),
    )


def rename() -> RenameChange:
    renamed = RenamedObject(kind=Kind.MODEL, id=7, before="mugs v1", after="cups v1", description="Cups")
    return RenameChange(
        ref=Ref(Kind.MODEL, "cups"), reason=Reason(why=Why.CALLED_BEFORE, name="mugs"), objects=(renamed,)
    )


def plan(**changed: object) -> Plan:
    """All kinds of change at once, refused for two reasons."""
    over = sample.project(
        id=12,
        takes_over=True,
        reason=Reason(why=Why.TAKEN_OVER),
        fields=(FieldChange(path="ip_description", before="a girl", after="a female character"),),
    )
    values: dict[str, Any] = {
        "changes": (dataset(), model(), removal(), over, rename()),
        "actions": sample.actions() + sample.in_place_actions(),
        "aliases": (
            AliasState(ref=sample.MODEL, alias="candidate", target="current"),
            AliasState(
                ref=sample.MODEL, alias="production", target="a77", id=81, version=2, fingerprint="a77be07aa9c13"
            ),
            AliasState(ref=Ref(Kind.MODEL, "mugs"), alias="production", target="a00", problem="it was never trained"),
        ),
        "refusals": (
            Refusal(
                rule="limit-trainings",
                ref=None,
                summary="2 models would be trained; the limit is 1",
                remedies=("Allow it once with `--allow trainings=2`, or raise `limits.trainings`.",),
            ),
            Refusal(rule="other", ref=sample.DATASET, summary="its draft has an odd ` in its name"),
        ),
        "notes": (
            Note(rule="nothing-ours", ref=None, text="this account holds nothing of ours"),
            Note(rule="stray", ref=None, text="project 12 holds 3 datasets that git does not know"),
        ),
        "unchanged": (
            Unchanged(ref=Ref(Kind.MODEL, "mugs"), id=5, version=1, fingerprint="a00", state=State.TRAINING),
            Unchanged(ref=Ref(Kind.MODEL, "cats"), id=6, version=1, fingerprint="a01", state=State.IN_SYNC),
        ),
        "asked": RunOptions(accepted=(sample.DATASET,)),
    }
    return sample.plan(**(values | changed))


def many(number: int, effect: ImageEffect = ImageEffect.ADDED) -> Plan:
    """A clone in which so many images come, or go."""
    images = tuple(
        ImageChange(
            effect=effect,
            name=f"pose-{place:04}.png",
            key=f"k{place}",
            size=2_100_000,
            caption=f"walking through street number {place}, a cat beside her, in soft evening light.",
        )
        for place in range(number)
    )
    return sample.plan(changes=(sample.dataset(images=images), sample.model()))


def page(plan_: Plan | None = None) -> str:
    """The report on the plan that has everything."""
    return render_html(
        plan_ or plan(),
        digest=DIGEST,
        album=Album(thumbnails=thumbnails(), findings=FINDINGS, renamed=RENAMED),
        way="Apply it with `reconciler apply plan.json`.",
    )
