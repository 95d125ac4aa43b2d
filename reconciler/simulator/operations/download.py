"""Downloads: a model's address leads nowhere; that of an advanced dataset gives its images while it is valid."""

from typing import Final

from reconciler.simulator.dataset_archive import CAPTIONS, IMAGES, signed_path
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.request import Rejection, Response, answer

ORIGIN: Final = "https://downloads.simulator.invalid"
BASES: Final = {
    "max": "BRIA-3.2",
    "light": "BRIA-2.3",
    "bria-3.2": "BRIA-3.2",
    "bria-2.3": "BRIA-2.3",
    "fibo": "BRIA-FIBO",
}


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
        "prompt_prefix": model.generation_prefix or "",
    }
    return answer(200, exchange.presenter.other(exchange.operation, document))


def download_dataset(exchange: Exchange) -> Response:
    """GET /datasets/{dataset_id}/download: advanced datasets only; the addresses are of this simulator and expire."""
    dataset = exchange.dataset()
    if dataset.upload_type != "advanced":
        raise Rejection(409, "Only advanced datasets can be downloaded")
    if dataset.status == "draft" and exchange.plays("download_draft", "409_message"):
        raise Rejection(409, "Only completed datasets can be downloaded")
    expires = int(exchange.now + exchange.switches.seconds("download_ttl_seconds"))
    base = f"http://{exchange.request.header('host') or 'simulator'}"
    document = {"download_url": base + signed_path(dataset.id, IMAGES, expires)}
    images = exchange.world.images.of(dataset.id)
    if images and all(image.caption_source == "automatic" for image in images):
        document["captions_url"] = base + signed_path(dataset.id, CAPTIONS, expires)
    return answer(200, exchange.presenter.other(exchange.operation, document))
