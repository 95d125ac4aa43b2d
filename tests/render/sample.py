"""Plans and reports by hand, for looking at them: each builder takes what a test wants different."""

from typing import Any

from reconciler.core.action import (
    Action,
    CompleteDataset,
    CreateModel,
    CreateProject,
    DeleteCheckpoint,
    DeleteObject,
    RenameObject,
    StartTraining,
    StopTraining,
    UploadImage,
)
from reconciler.core.change import (
    CheckpointChange,
    DatasetChange,
    FieldChange,
    ModelChange,
    Origin,
    ProjectChange,
    RemovalChange,
    RenameChange,
    RenamedObject,
)
from reconciler.core.consequence import AliasMove, ExpectationGone, LimitLoosened, Named
from reconciler.core.content_change import CaptionChange, ImageChange, ImageEffect, LostCaption, LostImage
from reconciler.core.cost import Cost
from reconciler.core.guide import PrefixGuide
from reconciler.core.kind import Kind
from reconciler.core.loss import RemovedCheckpoints, RemovedObject
from reconciler.core.plan import Plan, Subject
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.state import State, Unchanged
from reconciler.core.uploads import ONE_BY_ONE
from reconciler.core.wish import DatasetWish

PROJECT = Ref(Kind.PROJECT, "lora")
DATASET = Ref(Kind.DATASET, "lora-poses")
MODEL = Ref(Kind.MODEL, "lora-max")
BEFORE = "An illustration of a character named Lora, a girl with purple hair,"
AFTER = "An illustration of a character named Lora, a female character with purple hair,"
HOSTILE = "\x1b[2J::error file=x::\n\u202e##[set-output name=a]b"


MOVE = AliasMove(
    ref=MODEL,
    alias="production",
    before=Named(target="a51be07", version=2, fingerprint="a51be07aa9c13"),
    after=Named(target="af43611", version=3, fingerprint="af43611b7d40c"),
)
LOOSER = LimitLoosened(limit="trainings", before=1, after=9)
FORGOTTEN = ExpectationGone(name="trainings", before=0)


def subject(**changed: object) -> Subject:
    values: dict[str, Any] = {
        "endpoint": "simulator",
        "tier": "starter",
        "projects": 1,
        "datasets": 1,
        "images": 24,
        "models": 1,
    }
    return Subject(**(values | changed))


def wish(**changed: object) -> DatasetWish:
    values: dict[str, Any] = {
        "ref": DATASET,
        "project": PROJECT,
        "version": 3,
        "fingerprint": "a9f3c1a2b7d40",
        "uploads": ONE_BY_ONE,
        "guide": PrefixGuide(text=AFTER),
        "increase_resolution": True,
        "completed": True,
        "images": (),
    }
    return DatasetWish(**(values | changed))


def project(**changed: object) -> ProjectChange:
    values: dict[str, Any] = {
        "ref": PROJECT,
        "id": None,
        "takes_over": False,
        "reason": Reason(why=Why.NAMED_NOWHERE, name="Lora"),
        "fields": (FieldChange(path="project_name", before=None, after="Lora"),),
        "body": (("project_name", "Lora"),),
    }
    return ProjectChange(**(values | changed))


def dataset(**changed: object) -> DatasetChange:
    values: dict[str, Any] = {
        "ref": DATASET,
        "version": 3,
        "fingerprint": "a9f3c1a2b7d40",
        "origin": Origin.CLONE,
        "origin_id": 457,
        "base_version": 2,
        "reason": Reason(why=Why.CLONED),
        "guide": (FieldChange(path="caption_prefix", before=BEFORE, after=AFTER),),
        "images": (
            added("jump.png", caption="jumping over a puddle, arms wide."),
            ImageChange(effect=ImageEffect.REPLACED, name="wave.png", key="a2", size=2_000_000),
            ImageChange(effect=ImageEffect.REMOVED, name="sleep.png", key="a3"),
        ),
        "captions": (),
        "kept": (),
        "stale": True,
        "regenerated": 21,
        "declared": 3,
        "base_images": 24,
        "live_images": 24,
        "wish": wish(),
    }
    values |= changed
    return DatasetChange(**(values | lost(values)))


def lost(values: dict[str, Any]) -> dict[str, Any]:
    """What a change loses: images that are nowhere else if an open draft is filled, else kept in its base.

    A caption that is given as a lost one is also one that changes.
    """
    going = [image for image in values["images"] if image.effect is ImageEffect.REMOVED or image.replaces]
    return {
        "lost_images": tuple(
            LostImage(
                key=image.replaces or image.key,
                name=image.name,
                kept_in=None if values["origin"] is Origin.RESUME else values["base_version"],
                caption=image.caption if image.hand_written else None,
                by_person=image.hand_written,
            )
            for image in going
        ),
        "captions": tuple(
            CaptionChange(key=one.key, name=one.name, before=one.before, after=one.after) for one in values["captions"]
        ),
        "lost_captions": tuple(
            one for one in sorted(values["captions"], key=lambda caption: caption.name) if isinstance(one, LostCaption)
        ),
    }


def added(name: str, **changed: object) -> ImageChange:
    values: dict[str, Any] = {"effect": ImageEffect.ADDED, "name": name, "key": f"key of {name}", "size": 2_100_000}
    return ImageChange(**(values | changed))


def model(**changed: object) -> ModelChange:
    values: dict[str, Any] = {
        "ref": MODEL,
        "version": 3,
        "fingerprint": "a51be07aa9c13",
        "dataset": DATASET,
        "dataset_version": 3,
        "dataset_fingerprint": "a9f3c1a2b7d40",
        "dataset_id": None,
        "dataset_name": None,
        "name": "lora-max v3 (a51be07aa9c13)",
        "id": None,
        "base_version": 2,
        "creates": True,
        "starts": True,
        "reason": Reason(why=Why.DATASET_CHANGES, ref=DATASET),
        "fields": (),
        "training_mode": "fully_automated",
        "training_version": "max",
        "description": "",
        "parameters": (),
    }
    return ModelChange(**(values | changed))


def removed(id_: int, name: str, **changed: object) -> RemovedObject:
    values: dict[str, Any] = {
        "kind": Kind.DATASET,
        "id": id_,
        "name": name,
        "reason": Reason(why=Why.WITH_IMAGES, number=24),
    }
    return RemovedObject(**(values | changed))


def removal(*objects: RemovedObject, **changed: object) -> RemovalChange:
    values: dict[str, Any] = {"ref": DATASET, "reason": Reason(why=Why.ABSENT), "objects": objects}
    return RemovalChange(**(values | changed))


def checkpoints() -> CheckpointChange:
    """Three checkpoints that go of two versions of a model."""
    return CheckpointChange(
        ref=MODEL,
        reason=Reason(why=Why.NOT_KEPT),
        versions=(
            RemovedCheckpoints(id=81, name="lora-max v1 (a51be07aa9c13)", steps=(500,), kept=(1000,), active=1000),
            RemovedCheckpoints(
                id=82, name="lora-max v2 (a51be07aa9c14)", steps=(500, 750), kept=(1000, 1500), active=1500
            ),
        ),
    )


def checkpoint_actions() -> tuple[Action, ...]:
    """A step for each of them."""
    return tuple(
        Action(
            id=f"checkpoint {one.id} {step}",
            ref=MODEL,
            step=DeleteCheckpoint(id=one.id, name=one.name, checkpoint=step),
            label=f"checkpoint {step} of {one.name}",
            cost=Cost(calls=2, deletions=1),
        )
        for one in checkpoints().versions
        for step in one.steps
    )


def rename(*names: str) -> RenameChange:
    """Datasets of these names that become versions of `hero`."""
    objects = tuple(
        RenamedObject(kind=Kind.DATASET, id=number, before=name, after=f"hero v{number} (a9f3c1a2b7d40)")
        for number, name in enumerate(names, 1)
    )
    return RenameChange(
        ref=Ref(Kind.DATASET, "hero"), reason=Reason(why=Why.CALLED_BEFORE, name="lora-hero"), objects=objects
    )


def in_place_actions() -> tuple[Action, ...]:
    """A dataset renamed, a training stopped, a model and a project deleted."""
    name = "lora-max v2 (a51be07aa9c13)"
    rename_ = RenameObject(kind=Kind.DATASET, id=1, before="old", after="new")
    gone = Cost(calls=2, deletions=1)
    return (
        Action(id="rename", ref=Ref(Kind.DATASET, "hero"), step=rename_, label="new", cost=Cost(calls=3)),
        Action(id="stop", ref=MODEL, step=StopTraining(id=82, name=name), label=name, cost=Cost(calls=4)),
        Action(id="delete", ref=MODEL, step=DeleteObject(kind=Kind.MODEL, id=82, name=name), label=name, cost=gone),
        Action(
            id="end", ref=PROJECT, step=DeleteObject(kind=Kind.PROJECT, id=12, name="Lora"), label="Lora", cost=gone
        ),
    )


def actions() -> tuple[Action, ...]:
    """A project, a dataset with two images, a trained model."""
    made = Action(id="project/lora create", ref=PROJECT, step=CreateProject(body=()), cost=Cost(calls=1))
    here: dict[str, Any] = {"ref": DATASET, "version": 3}
    size = Cost(calls=16, bytes=2_050_000, uploads=1, regenerations=0)
    create = CreateModel(
        dataset=DATASET,
        dataset_id=None,
        dataset_name=None,
        training_mode="fully_automated",
        training_version="max",
        description="",
    )
    return (
        made,
        Action(id="dataset/lora-poses v3 upload a", label="jump.png", step=UploadImage(key="a"), cost=size, **here),
        Action(id="dataset/lora-poses v3 upload b", label="wave.png", step=UploadImage(key="b"), cost=size, **here),
        Action(id="dataset/lora-poses v3 complete", step=CompleteDataset(), cost=Cost(calls=4), **here),
        Action(id="model/lora-max v3 create", ref=MODEL, version=3, step=create, cost=Cost(calls=2)),
        Action(
            id="model/lora-max v3 train",
            ref=MODEL,
            version=3,
            step=StartTraining(id=None, parameters=()),
            cost=Cost(calls=2, trainings=1),
        ),
    )


def plan(**changed: object) -> Plan:
    values: dict[str, Any] = {
        "tool": "0.1.0",
        "subject": subject(),
        "changes": (dataset(), model()),
        "actions": actions(),
        "wishes": (wish(),),
        "unchanged": (Unchanged(ref=PROJECT, id=12, version=None, fingerprint=None, state=State.IN_SYNC),),
        "calls": 3,
    }
    return Plan(**(values | changed))


def upload(key: str) -> Action:
    """The upload of one image."""
    return Action(id=f"dataset/lora-poses v3 upload {key}", ref=DATASET, version=3, step=UploadImage(key=key))
