"""Training: start it, stop it, and the checkpoints that it leaves; how it ends is a matter of time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from reconciler.simulator.body import Body
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.presenter import Document
from reconciler.simulator.request import Rejection, Response, answer, empty
from reconciler.simulator.timers import begin_training, fire, running, steps_of
from reconciler.simulator.world import Dataset, Family, Model, Timer, family_of

WARMING: Final = "constant_with_warmup"
_ALIKE: Final[Mapping[str, object]] = {"rank": 128, "learning_rate": 0.0001, "checkpoint_interval": 500}
DEFAULTS: Final[Mapping[Family, Mapping[str, object]]] = {
    "prefix": {**_ALIKE, "lr_scheduler": "constant", "total_training_steps": 1500},
    "schema": {**_ALIKE, "lr_scheduler": WARMING, "total_training_steps": 750},
}
WARMUP_STEPS: Final = 100
RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "rank": (4, 256),
    "learning_rate": (0.000001, 0.001),
    "total_training_steps": (1, 5000),
    "max_train_steps": (1, 5000),
    "checkpoint_interval": (100, 5000),
    "lr_warmup_steps": (0, 1000),
}


def start_training(exchange: Exchange) -> Response:
    """POST /tailored-gen/models/{model_id}/start_training."""
    model = exchange.model()
    body = exchange.body()
    given = {name: value for name, value in body.items() if name != "webhook_url"}
    if model.training_mode != "expert" and given:
        raise Rejection(400, f"{', '.join(sorted(given))}: for training_mode expert only")
    _refuse_started(exchange, model)
    family = family_of(model.training_version)
    parameters = _parameters(given, family) if model.training_mode == "expert" else {}
    dataset = None if model.dataset_id is None else exchange.world.datasets.get(model.dataset_id)
    if dataset is None or dataset.status != "completed":
        raise Rejection(412, "The dataset is not completed")
    _refuse_today(exchange, family)
    _refuse_advanced(exchange, model, dataset)
    model = replace(model, status="Created", training_parameters=parameters, checkpoints=())
    return exchange.answer_model(200, _take_slot(exchange, model))


def _refuse_started(exchange: Exchange, model: Model) -> None:
    if model.status in ("Failed", "Stopped") and exchange.plays("restart", "200"):
        return
    if model.status != "Created" or model.queued:
        raise Rejection(409, "The training was started already and cannot be started again")


def _refuse_today(exchange: Exchange, family: Family) -> None:
    """In the current era, training an old model of the prefix family is up to a switch."""
    rule = exchange.switches["legacy_start_today"]
    if exchange.plays("era", "current") and family == "prefix" and rule != "200":
        raise Rejection(int(rule[:3]), "Models of this family are no longer trained", shape="message")


def _refuse_advanced(exchange: Exchange, model: Model, dataset: Dataset) -> None:
    automatic = dataset.upload_type == "advanced" and model.training_mode != "expert"
    if automatic and exchange.plays("advanced_needs_expert", "409_on_start"):
        raise Rejection(409, "An advanced dataset needs training_mode expert", shape="message")


def _take_slot(exchange: Exchange, model: Model) -> Model:
    rule = exchange.switches["max_parallel_training"]
    if rule == "none" or running(exchange.world) < exchange.switches.seconds("training_slots"):
        return begin_training(exchange.world, exchange.switches, model)
    if rule != "queued":
        raise Rejection(int(rule), "Too many trainings run at the same time")
    model = replace(model, queued=True, updated=exchange.now)
    exchange.world.models.put(model)
    return model


def _parameters(body: Body, family: Family) -> dict[str, object]:
    """The parameters of an expert training: what was sent, checked, over the defaults of the family.

    The warm-up is null unless the scheduler has one. That checkpoints must not lie further apart than the training is
    long, the documents say of the prefix family only.
    """
    for name, (least, most) in RANGES.items():
        value = body.get(name)
        if isinstance(value, int | float) and not least <= value <= most:
            raise Rejection(400, f"{name} must be between {least} and {most}", name=name, given=value)
    given = {name: value for name, value in body.items() if value is not None}
    alias = given.pop("max_train_steps", None)
    if alias is not None and given.setdefault("total_training_steps", alias) != alias:
        raise Rejection(400, "max_train_steps contradicts total_training_steps", name="max_train_steps", given=alias)
    parameters = {"lr_warmup_steps": WARMUP_STEPS, **DEFAULTS[family], **given}
    if parameters["lr_scheduler"] != WARMING:
        parameters["lr_warmup_steps"] = None
    interval, total = parameters["checkpoint_interval"], parameters["total_training_steps"]
    if family == "prefix" and isinstance(interval, int) and isinstance(total, int) and interval > total:
        if "checkpoint_interval" in given:
            message = "checkpoint_interval must not be above total_training_steps"
            raise Rejection(400, message, name="checkpoint_interval", given=interval)
        parameters["checkpoint_interval"] = total
    return parameters


def stop_training(exchange: Exchange) -> Response:
    """POST /tailored-gen/models/{model_id}/stop_training."""
    model = exchange.model()
    idle = model.status == "Created" and (model.queued or exchange.plays("stop_created", "200"))
    if model.status != "InProgress" and not idle:
        raise Rejection(409, "The model is not in training")
    running_now = exchange.world.timer_of("training", model.id)
    if running_now is not None:
        exchange.world.timers.drop(running_now.id)
    model = replace(model, status="Stopping", queued=False, updated=exchange.now)
    exchange.world.models.put(model)
    at_once = exchange.plays("stop_body", "model_Stopped")
    due = exchange.now + (0 if at_once else exchange.switches.seconds("stopping_seconds"))
    timer = Timer(id=0, kind="stopping", target=model.id, due=due)
    if due > exchange.now:
        exchange.world.set_timer(timer)
    else:
        fire(exchange.world, exchange.switches, timer)
    if exchange.plays("stop_body", "empty"):
        return empty(200)
    return exchange.answer_model(200, exchange.model())


def list_checkpoints(exchange: Exchange) -> Response:
    """GET /tailored-gen/models/{model_id}/checkpoints."""
    model = _completed(exchange)
    checkpoints = [_shown(exchange, model, step) for step in model.checkpoints]
    return answer(200, {"checkpoints": checkpoints, "active_model_version": model.active_model_version})


def get_checkpoint(exchange: Exchange) -> Response:
    """GET /tailored-gen/models/{model_id}/checkpoints/{checkpoint_step}."""
    model = _completed(exchange)
    return answer(200, _shown(exchange, model, _step(exchange, model)))


def delete_checkpoint(exchange: Exchange) -> Response:
    """DELETE /tailored-gen/models/{model_id}/checkpoints/{checkpoint_step}."""
    model = _completed(exchange)
    step = exchange.ids[1]
    if step not in model.checkpoints and step in steps_of(model) and exchange.plays("delete_twice", "204"):
        return empty(204)
    step = _step(exchange, model)
    if str(step) == model.active_model_version:
        raise Rejection(400, f"Checkpoint {step} is the active one")
    rest = tuple(other for other in model.checkpoints if other != step)
    exchange.world.models.put(replace(model, checkpoints=rest, updated=exchange.now))
    return empty(204)


def _completed(exchange: Exchange) -> Model:
    model = exchange.model()
    if model.training_mode != "expert":
        raise Rejection(400, "Only models of training_mode expert have checkpoints")
    if model.status != "Completed":
        raise Rejection(400, "The model is not Completed")
    return model


def _step(exchange: Exchange, model: Model) -> int:
    step = exchange.ids[1]
    if step not in model.checkpoints:
        raise Rejection(404, f"No checkpoint at step {step}")
    return step


def _shown(exchange: Exchange, model: Model, step: int) -> Document:
    return {
        "checkpoint_step": step,
        "training_job_id": model.id + 1_000_000,
        "created_at": exchange.presenter.stamp(model.ended),
    }
