"""Downloads: addresses under which nothing can be fetched, as there is nothing behind them."""

from typing import Final

from reconciler.simulator.call import Call
from reconciler.simulator.request import Rejection, Response, answer

ORIGIN: Final = "https://downloads.simulator.invalid"
BASES: Final = {"max": "BRIA-3.2", "light": "BRIA-2.3", "bria-3.2": "BRIA-3.2", "bria-2.3": "BRIA-2.3"}


def download_model(call: Call) -> Response:
    """GET /tailored-gen/models/{model_id}/download."""
    model = call.model()
    if model.status.lower() != "completed":
        raise Rejection(400, "The model is not Completed")
    base = BASES[model.training_version]
    document = {
        "download_url": f"{ORIGIN}/models/{model.id}.safetensors",
        "base_model_name": base,
        "base_model_card": f"{ORIGIN}/cards/{base}",
    }
    if not call.is_("era", "current"):
        document["prompt_prefix"] = model.generation_prefix or ""
    return answer(200, document)


def download_dataset(call: Call) -> Response:
    """GET /datasets/{dataset_id}/download: advanced datasets only."""
    dataset = call.dataset()
    if dataset.upload_type != "advanced":
        raise Rejection(409, "Only advanced datasets can be downloaded")
    return answer(200, {"download_url": f"{ORIGIN}/datasets/{dataset.id}.zip"})
