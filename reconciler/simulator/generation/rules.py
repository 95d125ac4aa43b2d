"""Which model may go where, from which checkpoint, and with which prefix."""

from collections.abc import Collection
from typing import Final

from reconciler.simulator.exchange import Exchange
from reconciler.simulator.generation.reading import refusal
from reconciler.simulator.request import Rejection
from reconciler.simulator.world import FIBO, Model

FOREIGN: Final = 99999
"""The id of a model that another organization owns."""

LEGACY: Final = ("light", "max", "bria-2.3", "bria-3.2")
PORTRAIT: Final = ("light", "bria-2.3")
CURRENT: Final = (FIBO,)


def require_service(exchange: Exchange) -> None:
    """The v1 operations may have come to their announced end."""
    rule = exchange.switches["legacy_generation_sunset"]
    if rule != "serving":
        raise refusal(rule, "Generation with legacy tailored models has been retired")


def usable(exchange: Exchange, number: int, versions: Collection[str]) -> Model:
    """The model of an id, if an operation for these training versions can draw with it."""
    if number == FOREIGN:
        raise refusal(exchange.switches["foreign_model"], f"Model {number} belongs to another organization")
    model = exchange.world.models.get(number)
    if model is None:
        raise Rejection(404, f"No model with id {number}", shape="message")
    if model.status == "Deleted":
        raise refusal(exchange.switches["deleted_model_generate"], f"No model with id {number}")
    if model.training_version not in versions:
        raise refusal(
            _wrong_version(exchange, model), f"Models of version {model.training_version} cannot be used here"
        )
    if model.status.lower() != "completed":
        raise refusal(exchange.switches["generate_not_ready"], f"Model {number} is {model.status}, not Completed")
    return model


def _wrong_version(exchange: Exchange, model: Model) -> str:
    if exchange.operation == "restyle-portrait" and model.training_version != FIBO:
        return exchange.switches["wrong_family_portrait"]
    return exchange.switches["wrong_family_generate"]


def portrait_versions(exchange: Exchange) -> Collection[str]:
    """What `restyle_portrait` takes: two versions, or (where so switched) any legacy one, badly."""
    return LEGACY if exchange.plays("wrong_family_portrait", "200_poor") else PORTRAIT


def checkpoint(exchange: Exchange, model: Model, step: int | None) -> str:
    """The checkpoint that is drawn with."""
    rule = exchange.switches["checkpoint_unknown"]
    if step is None or step in model.checkpoints:
        return model.active_model_version if step is None else str(step)
    if rule == "falls_back":
        return model.active_model_version
    raise refusal(rule, f"Model {model.id} has no checkpoint {step}")


def require_illustration(exchange: Exchange, model: Model) -> None:
    """Vectors are for models of illustrations."""
    project = exchange.world.projects.get(model.project_id)
    rule = exchange.switches["vector_on_photography"]
    if project is not None and project.ip_medium == "photography" and rule != "200":
        raise refusal(rule, "Vectors are for models of illustrations")


def prompted(exchange: Exchange, model: Model, prompt: str, included: bool | None) -> str:
    """The prompt that is drawn from, with the prefix of the model where it is wanted."""
    wanted = exchange.plays("include_prefix_default", "true") if included is None else included
    dataset = None if model.dataset_id is None else exchange.world.datasets.get(model.dataset_id)
    live = exchange.plays("model_snapshot", "live") and dataset is not None
    prefix = dataset.caption_prefix if live and dataset else model.generation_prefix
    if not wanted or not prefix:
        return prompt
    return (
        prefix + {"concat_verbatim": "", "space": " ", "comma_space": ", "}[exchange.switches["prefix_join"]] + prompt
    )
