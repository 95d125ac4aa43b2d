"""Downloads: the answers hold addresses from which nothing can be fetched."""

from typing import Final

from reconciler.simulator.exchange import Exchange
from reconciler.simulator.request import Rejection, Response, answer

ORIGIN: Final = "https://downloads.simulator.invalid"
BASES: Final = {"max": "BRIA-3.2", "light": "BRIA-2.3", "bria-3.2": "BRIA-3.2", "bria-2.3": "BRIA-2.3"}


def download_model(exchange: Exchange) -> Response:
    """GET /tailored-gen/models/{model_id}/download."""
    model = exchange.model()
    if model.status.lower() != "completed":
        raise Rejection(400, "The model is not Completed")
    base = BASES[model.training_version]
    document = {
        "download_url": f"{ORIGIN}/models/{model.id}.safetensors",
        "base_model_name": base,
        "base_model_card": f"{ORIGIN}/cards/{base}",
    }
    if not exchange.plays("era", "current"):
        document["prompt_prefix"] = model.generation_prefix or ""
    return answer(200, document)


def download_dataset(exchange: Exchange) -> Response:
    """GET /datasets/{dataset_id}/download: advanced datasets only."""
    dataset = exchange.dataset()
    if dataset.upload_type != "advanced":
        raise Rejection(409, "Only advanced datasets can be downloaded")
    return answer(200, {"download_url": f"{ORIGIN}/datasets/{dataset.id}.zip"})
