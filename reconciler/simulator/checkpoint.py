"""Checkpoints of completed expert models."""

from dataclasses import replace

from reconciler.simulator.call import Call
from reconciler.simulator.request import Rejection, Response, answer, empty
from reconciler.simulator.show import Document
from reconciler.simulator.timers import steps_of
from reconciler.simulator.world import Model


def list_checkpoints(call: Call) -> Response:
    """GET /tailored-gen/models/{model_id}/checkpoints."""
    model = _completed(call)
    return answer(
        200,
        {
            "checkpoints": [_shown(call, model, step) for step in model.checkpoints],
            "active_model_version": model.active_model_version,
        },
    )


def get_checkpoint(call: Call) -> Response:
    """GET /tailored-gen/models/{model_id}/checkpoints/{checkpoint_step}."""
    model = _completed(call)
    return answer(200, _shown(call, model, _step(call, model)))


def delete_checkpoint(call: Call) -> Response:
    """DELETE /tailored-gen/models/{model_id}/checkpoints/{checkpoint_step}."""
    model = _completed(call)
    step = call.ids[1]
    if step not in model.checkpoints and step in steps_of(model) and call.is_("delete_twice", "204"):
        return empty(204)
    step = _step(call, model)
    if str(step) == model.active_model_version:
        raise Rejection(400, f"Checkpoint {step} is the active one")
    rest = tuple(other for other in model.checkpoints if other != step)
    call.world.models.put(replace(model, checkpoints=rest, updated=call.now))
    return empty(204)


def _completed(call: Call) -> Model:
    model = call.model()
    if model.training_mode != "expert":
        raise Rejection(400, "Only models of training_mode expert have checkpoints")
    if model.status != "Completed":
        raise Rejection(400, "The model is not Completed")
    return model


def _step(call: Call, model: Model) -> int:
    step = call.ids[1]
    if step not in model.checkpoints:
        raise Rejection(404, f"No checkpoint at step {step}")
    return step


def _shown(call: Call, model: Model, step: int) -> Document:
    return {
        "checkpoint_step": step,
        "training_job_id": model.id + 1_000_000,
        "created_at": call.show.stamp(model.ended),
    }
