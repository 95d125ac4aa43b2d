"""Training: start it, stop it; how it ends is a matter of time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from reconciler.simulator.call import Call
from reconciler.simulator.field import Body
from reconciler.simulator.request import Rejection, Response, answer, empty
from reconciler.simulator.timers import begin_training, fire, running, set_timer, timer_of
from reconciler.simulator.world import Model, Timer

DEFAULTS: Final[Mapping[str, object]] = {
    "rank": 128,
    "learning_rate": 0.0001,
    "lr_scheduler": "constant",
    "total_training_steps": 1500,
    "checkpoint_interval": 500,
}
RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "rank": (4, 256),
    "learning_rate": (0.000001, 0.001),
    "total_training_steps": (1, 5000),
    "max_train_steps": (1, 5000),
    "checkpoint_interval": (100, 5000),
    "lr_warmup_steps": (0, 1000),
}


def start_training(call: Call) -> Response:
    """POST /tailored-gen/models/{model_id}/start_training."""
    model = call.model()
    body = call.body()
    if model.training_mode != "expert" and body:
        raise Rejection(400, f"{', '.join(sorted(body))}: for training_mode expert only")
    _refuse_started(call, model)
    parameters = _parameters(body) if model.training_mode == "expert" else {}
    dataset = None if model.dataset_id is None else call.world.datasets.get(model.dataset_id)
    if dataset is None or dataset.status != "completed":
        raise Rejection(412, "The dataset is not completed")
    model = replace(model, status="Created", training_parameters=parameters, checkpoints=())
    return call.wrote_model(200, _take_slot(call, model))


def _refuse_started(call: Call, model: Model) -> None:
    if model.status in ("Failed", "Stopped") and call.is_("restart", "200"):
        return
    if model.status != "Created" or model.queued:
        raise Rejection(409, "The training was started already and cannot be started again")


def _take_slot(call: Call, model: Model) -> Model:
    rule = call.switches["max_parallel_training"]
    if rule == "none" or running(call.world) < call.switches.seconds("training_slots"):
        return begin_training(call.world, call.switches, model)
    if rule != "queued":
        raise Rejection(int(rule), "Too many trainings run at the same time")
    model = replace(model, queued=True, updated=call.now)
    call.world.models.put(model)
    return model


def _parameters(body: Body) -> dict[str, object]:
    """The parameters of an expert training: what was sent, checked, over the defaults."""
    for name, (least, most) in RANGES.items():
        value = body.get(name)
        if isinstance(value, int | float) and not least <= value <= most:
            raise Rejection(400, f"{name} must be between {least} and {most}", name=name, given=value)
    given = {name: value for name, value in body.items() if value is not None}
    alias = given.pop("max_train_steps", None)
    if alias is not None and given.setdefault("total_training_steps", alias) != alias:
        raise Rejection(400, "max_train_steps contradicts total_training_steps", name="max_train_steps", given=alias)
    parameters = {**DEFAULTS, **given}
    interval, total = parameters["checkpoint_interval"], parameters["total_training_steps"]
    if isinstance(interval, int) and isinstance(total, int) and interval > total:
        if "checkpoint_interval" in given:
            message = "checkpoint_interval must not be above total_training_steps"
            raise Rejection(400, message, name="checkpoint_interval", given=interval)
        parameters["checkpoint_interval"] = total
    return parameters


def stop_training(call: Call) -> Response:
    """POST /tailored-gen/models/{model_id}/stop_training."""
    model = call.model()
    idle = model.status == "Created" and (model.queued or call.is_("stop_created", "200"))
    if model.status != "InProgress" and not idle:
        raise Rejection(409, "The model is not in training")
    running_now = timer_of(call.world, "training", model.id)
    if running_now is not None:
        call.world.timers.drop(running_now.id)
    model = replace(model, status="Stopping", queued=False, updated=call.now)
    call.world.models.put(model)
    at_once = call.is_("stop_body", "model_Stopped")
    due = call.now + (0 if at_once else call.switches.seconds("stopping_seconds"))
    timer = Timer(id=0, kind="stopping", target=model.id, due=due)
    if due > call.now:
        set_timer(call.world, timer)
    else:
        fire(call.world, call.switches, timer)
    if call.is_("stop_body", "empty"):
        return empty(200)
    return answer(200, call.show.model(call.world, call.model()))
