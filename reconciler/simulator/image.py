"""Images: list, read, delete, and the zip upload as far as it is played."""

from dataclasses import replace

from reconciler.simulator.call import Call
from reconciler.simulator.dataset import refuse_during_regeneration
from reconciler.simulator.project import remove_image
from reconciler.simulator.request import Rejection, Response, answer, empty


def list_images(call: Call) -> Response:
    """GET /tailored-gen/datasets/{dataset_id}/images."""
    images = call.show.order(call.world.images.of(call.dataset().id))
    if call.is_("images_list", "cap_200"):
        images = images[:200]
    return answer(200, [call.show.image(image) for image in images])


def get_image(call: Call) -> Response:
    """GET /tailored-gen/datasets/{dataset_id}/images/{image_id}."""
    return answer(200, call.show.image(call.image()))


def delete_image(call: Call) -> Response:
    """DELETE /tailored-gen/datasets/{dataset_id}/images/{image_id}."""
    dataset = call.dataset()
    if call.deleted_before(call.world.images, call.ids[1]):
        return empty(204)
    image = call.image()
    if dataset.status == "completed":
        raise Rejection(409, "The dataset is completed")
    refuse_during_regeneration(call, dataset.id)
    remove_image(call.world, image.id)
    call.world.datasets.put(replace(dataset, updated=call.now))
    return empty(204)


def bulk_upload(call: Call) -> Response:
    """POST /tailored-gen/datasets/{dataset_id}/images/bulk-upload: always refused."""
    dataset = call.dataset()
    call.body()
    if dataset.upload_type != "advanced":
        raise Rejection(400, "Zip uploads need a dataset with upload_type advanced", name="upload_type")
    raise Rejection(400, "The simulator does not take zip archives", name="zip_url")


def bulk_status(call: Call) -> Response:
    """GET /tailored-gen/datasets/{dataset_id}/images/bulk-upload/status: there never was one."""
    dataset = call.dataset()
    if dataset.upload_type != "advanced":
        raise Rejection(400, "Zip uploads need a dataset with upload_type advanced")
    raise Rejection(404, "There was no zip upload to this dataset")
