"""The zip upload to an advanced dataset: one attempt for each dataset, and its status."""

from urllib.parse import urlsplit

from reconciler.simulator.body import flag, text
from reconciler.simulator.bulk_contents import BulkError
from reconciler.simulator.bulk_job import RETENTION_SECONDS, begin_bulk_upload, fail, status_document
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.request import Rejection, Response, answer, empty, refuse
from reconciler.simulator.world import BulkUpload, Dataset


def bulk_upload(exchange: Exchange) -> Response:
    """POST /tailored-gen/datasets/{dataset_id}/images/bulk-upload.

    An attempt that fails is an attempt all the same: it is answered and not raised, so that the world keeps it.
    """
    dataset = exchange.dataset()
    body = exchange.body()
    url = text(body, "zip_url") or ""
    _refuse_address(exchange, url)
    _refuse_attempt(exchange, dataset)
    default = exchange.plays("automatic_captioning_default", "true")
    upload = BulkUpload(
        id=exchange.world.bulk_uploads.claim(),
        dataset_id=dataset.id,
        zip_url=url,
        automatic=dataset.family == "schema" or flag(body, "automatic_captioning", default=default),
        moderated=flag(body, "content_moderation", default=False),
        begun=exchange.now,
    )
    try:
        begin_bulk_upload(exchange.world, exchange.switches, upload)
    except BulkError as error:
        fail(exchange.world, upload)
        if error.status:
            return refuse(Rejection(error.status, str(error), shape="message"), exchange.operation)
    return empty(202)


def _refuse_address(exchange: Exchange, url: str) -> None:
    """An address that is none is refused before it counts as an attempt."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        scheme = ""
    if scheme not in ("http", "https"):
        raise Rejection(400, "zip_url must be an http or https address", name="zip_url", given=url)
    if scheme != "https" and exchange.plays("zip_url_rules", "https_only"):
        raise Rejection(400, "zip_url must be an https address", name="zip_url", given=url)


def _refuse_attempt(exchange: Exchange, dataset: Dataset) -> None:
    if dataset.upload_type != "advanced":
        raise Rejection(400, "Zip uploads need a dataset with upload_type advanced", name="upload_type")
    if dataset.is_clone and exchange.plays("clone_advanced_bulk", "400_message"):
        raise Rejection(400, "A clone takes no zip upload")
    before = exchange.world.bulk_upload_of(dataset.id)
    if before is not None:
        if before.ended is None:
            raise Rejection(400, "A zip upload is running")
        if before.images or exchange.plays("bulk_retry", "400"):
            raise Rejection(400, "There was a zip upload to this dataset before; each takes one attempt")
    if exchange.world.images.count_of(dataset.id) and not dataset.is_clone:
        raise Rejection(400, "The dataset is not empty")
    if dataset.status == "completed":
        raise Rejection(400, "The dataset is completed")


def bulk_status(exchange: Exchange) -> Response:
    """GET /tailored-gen/datasets/{dataset_id}/images/bulk-upload/status."""
    dataset = exchange.dataset()
    if dataset.upload_type != "advanced":
        raise Rejection(400, "Zip uploads need a dataset with upload_type advanced")
    upload = exchange.world.bulk_upload_of(dataset.id)
    if upload is None:
        return _never(exchange)
    ended = upload.ended is not None and exchange.now - upload.ended > RETENTION_SECONDS
    if ended and exchange.plays("bulk_status_retention", "404"):
        raise Rejection(404, "The status of this zip upload is no longer kept")
    document = status_document(upload, exchange.switches, exchange.now)
    return answer(200, exchange.presenter.other(exchange.operation, document))


def _never(exchange: Exchange) -> Response:
    """The status where there never was a zip upload."""
    rule = exchange.switches["bulk_status_none"]
    if rule != "200_pending":
        raise Rejection(int(rule), "There was no zip upload to this dataset")
    nothing = {"progress_percentage": 0, "total_processed": 0, "done": 0, "failed": 0, "failed_images": []}
    return answer(200, exchange.presenter.other(exchange.operation, {"status": "pending", **nothing}))
