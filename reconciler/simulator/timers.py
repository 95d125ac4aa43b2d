"""Timers: whatever fell due since the last request happens now, in order, each at its own moment."""

from dataclasses import replace
from typing import Final, assert_never

from reconciler.simulator.guide import with_automatic_caption, with_captions_source
from reconciler.simulator.switch import Switches
from reconciler.simulator.world import Model, Timer, World

HOUR: Final = 3600.0
MOMENT: Final = 1e-6  # what is due within a microsecond is due: sums of floats are not exact


def catch_up(world: World, switches: Switches, now: float) -> None:
    """Bring the world to `now`; what is due happens at the moment it was due."""
    while timer := _next(world, now):
        world.time = max(world.time, timer.due or 0.0)
        world.timers.drop(timer.id)
        fire(world, switches, timer)
    world.time = max(world.time, now)


def _next(world: World, now: float) -> Timer | None:
    due = [timer for timer in world.timers.all() if timer.due is not None and timer.due <= now + MOMENT]
    return min(due, key=lambda timer: (timer.due or 0.0, timer.id), default=None)


def fire(world: World, switches: Switches, timer: Timer) -> None:
    """Let one timer have its effect; its target is there, as whatever is removed takes its timers along."""
    match timer.kind:
        case "regeneration":
            end_regeneration(world, switches, timer)
        case "caption":
            _caption_late(world, switches, timer)
        case "training" | "stopping" | "sync":
            _end_training(world, switches, timer)
        case "clone":
            _copy_late(world, timer)
        case "bulk_fetch" | "bulk_end" | "bulk_captions":
            _go_on_with_bulk(world, switches, timer)
        case other:
            assert_never(other)


def _go_on_with_bulk(world: World, switches: Switches, timer: Timer) -> None:
    from reconciler.simulator import bulk_job  # noqa: PLC0415 - most worlds have no upload of a zip

    if timer.kind == "bulk_fetch":
        bulk_job.fetch_late(world, switches, timer)
    elif timer.kind == "bulk_end":
        bulk_job.end_bulk_upload(world, switches, timer)
    else:
        bulk_job.write_captions_late(world, timer)


def end_regeneration(world: World, switches: Switches, timer: Timer) -> None:
    """A regeneration ends: its captions replace the old ones, all of them or (where so switched) only half."""
    dataset = world.datasets.get(timer.target)
    assert dataset is not None
    images = list(filter(None, map(world.images.get, timer.images)))
    if switches["regen_outcome"] == "completed_partial":
        images = images[: len(images) // 2]
    for image in images:
        world.images.put(with_automatic_caption(dataset, image, timer.guide, world.time))
    if switches["write_during_regen"] == "lost_update":
        dataset = dataset.with_guide(timer.guide)
    dataset = replace(dataset, captions_update_status="completed", updated=world.time)
    world.datasets.put(with_captions_source(world, switches, dataset))


def _caption_late(world: World, switches: Switches, timer: Timer) -> None:
    image = world.images.get(timer.target)
    assert image is not None
    dataset = world.datasets.get(image.dataset_id)
    assert dataset is not None
    if image.caption is None or switches["late_caption_wins"] == "yes":
        world.images.put(with_automatic_caption(dataset, image, timer.guide, world.time))


def _copy_late(world: World, timer: Timer) -> None:
    for image in filter(None, map(world.images.get, timer.images)):
        world.images.put(replace(image, dataset_id=timer.target, updated=world.time))


def _end_training(world: World, switches: Switches, timer: Timer) -> None:
    model = world.models.get(timer.target)
    assert model is not None
    if timer.kind == "training":
        world.models.put(ended(model, world.time))
    elif timer.kind == "stopping":
        world.models.put(replace(model, status="Stopped", updated=world.time, ended=world.time))
    else:
        world.models.put(replace(model, status="completed", updated=world.time, ended=world.time))
    start_queued(world, switches)


def ended(model: Model, now: float) -> Model:
    """A model whose training has come to its decided end."""
    model = replace(model, status=model.outcome, updated=now, ended=now)
    checkpoints = steps_of(model)
    if model.status != "Completed" or not checkpoints:
        return model
    return replace(model, checkpoints=checkpoints, active_model_version=str(checkpoints[-1]))


def steps_of(model: Model) -> tuple[int, ...]:
    """The steps at which an expert training leaves a checkpoint; none for an automatic one."""
    steps, interval = (model.training_parameters.get(key) for key in ("total_training_steps", "checkpoint_interval"))
    if not isinstance(steps, int) or not isinstance(interval, int):
        return ()
    return (*range(interval, steps, interval), steps)


def begin_training(world: World, switches: Switches, model: Model) -> Model:
    """A training begins, and with it the clock that will end it."""
    dataset = None if model.dataset_id is None else world.datasets.get(model.dataset_id)
    failing = switches["training_outcome"] == "failed" or world.count("trainings") <= switches.seconds(
        "training_failures"
    )
    model = replace(
        model,
        status="InProgress",
        queued=False,
        outcome="Failed" if failing else "Completed",
        generation_prefix="" if dataset is None else dataset.caption_prefix,
        updated=world.time,
    )
    world.models.put(model)
    hours = switches.number("training_hours")
    if hours is None:
        hours = (60 + model.id * 37 % 121) / 60
    world.set_timer(Timer(id=0, kind="training", target=model.id, due=world.time + hours * HOUR))
    return model


def running(world: World) -> int:
    """How many trainings hold a slot."""
    return sum(model.status in ("InProgress", "Stopping") for model in world.models.all())


def start_queued(world: World, switches: Switches) -> None:
    """Fill free slots with the models that wait, oldest first."""
    slots = switches.seconds("training_slots")
    for model in world.models.all():
        if model.queued and model.status == "Created" and running(world) < slots:
            begin_training(world, switches, model)
