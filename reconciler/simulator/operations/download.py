"""Downloads: addresses of this simulator that expire, behind which lies a model, or the images of an advanced dataset."""

from typing import Final

from reconciler.simulator.download_file import CAPTIONS, IMAGES, MODEL, signed_path
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.request import Rejection, Response, answer

CARDS: Final = "https://models.simulator.invalid/cards"
BASES: Final = {
    "max": "BRIA-3.2",
    "light": "BRIA-2.3",
    "bria-3.2": "BRIA-3.2",
    "bria-2.3": "BRIA-2.3",
    "fibo": "BRIA-FIBO",
}


def download_model(exchange: Exchange) -> Response:
    """GET /tailored-gen/models/{model_id}/download."""
    _require_plan(exchange)
    model = exchange.model()
    if model.status.lower() != "completed":
        raise Rejection(400, "The model is not Completed")
    base = BASES[model.training_version]
    document = {
        "download_url": _address(exchange, model.id, MODEL),
        "base_model_name": base,
        "base_model_card": f"{CARDS}/{base}",
        "prompt_prefix": model.generation_prefix or "",
    }
    return answer(200, exchange.presenter.other(exchange.operation, document))


def download_dataset(exchange: Exchange) -> Response:
    """GET /datasets/{dataset_id}/download: advanced datasets only."""
    _require_plan(exchange)
    dataset = exchange.dataset()
    if dataset.upload_type != "advanced":
        raise Rejection(409, "Only advanced datasets can be downloaded")
    if dataset.status == "draft" and exchange.plays("download_draft", "409_message"):
        raise Rejection(409, "Only completed datasets can be downloaded")
    document = {"download_url": _address(exchange, dataset.id, IMAGES)}
    images = exchange.world.images.of(dataset.id)
    if images and all(image.caption_source == "automatic" for image in images):
        document["captions_url"] = _address(exchange, dataset.id, CAPTIONS)
    return answer(200, exchange.presenter.other(exchange.operation, document))


def _require_plan(exchange: Exchange) -> None:
    """The documents list a 403 without saying who gets it: one whose plan does not include downloads, say."""
    if exchange.plays("download_entitled", "403_string"):
        raise Rejection(403, "Downloads are not included in your plan")


def _address(exchange: Exchange, number: int, kind: str) -> str:
    """An address as the client called this simulator; its signature is all that it needs."""
    expires = int(exchange.now + exchange.switches.seconds("download_ttl_seconds"))
    return f"http://{exchange.request.header('host') or 'simulator'}{signed_path(number, kind, expires)}"
