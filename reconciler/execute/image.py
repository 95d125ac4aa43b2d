"""Images of a draft: each uploaded once, each removed by id."""

from functools import partial

from reconciler.api.error import Rejected
from reconciler.core.action import RemoveImage, UploadImage
from reconciler.core.change import WishImage
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.name import live_image_name, parse_image_key
from reconciler.core.run.caption import heir_of
from reconciler.core.run.ending import Ending, already, failed, succeeded
from reconciler.core.text import quoted
from reconciler.execute.action_run import Turn, end
from reconciler.execute.draft import look, recent, wish_of, write_caption


async def upload_image(turn: Turn, step: UploadImage) -> Ending:
    """Upload one wished image; one that is there already counts."""
    wanted = next((image for image in wish_of(turn).images if image.key == step.key), None)
    if wanted is None:
        return failed(f"the plan's wish for {turn.action.ref} holds no image {step.key}")
    draft = await recent(turn, turn.run.options.staleness)
    if found := draft.content.keyed.get(step.key):
        return already("is there already", found.id)
    return succeeded("uploaded", (await upload(turn, draft, wanted)).id)


async def upload(turn: Turn, draft: RemoteDataset, wanted: WishImage) -> RemoteImage:
    """Send one image that a read just showed to be missing; it is never sent again without looking."""
    name = live_image_name(wanted.name, wanted.digest)

    async def find() -> RemoteImage | None:
        return (await look(turn)).content.keyed.get(wanted.key)

    try:
        source = turn.run.images.source(wanted)
    except OSError as error:
        end(failed(f"{wanted.path} cannot be read: {error.strerror or error}"))
    if source.digest != wanted.digest:
        end(failed(f"{wanted.path} is not the file that was planned; plan again"))
    request = partial(
        turn.run.client.upload_image,
        draft.id,
        image_name=name,
        source=source,
        increase_resolution=wish_of(turn).increase_resolution,
    )
    try:
        image = await turn.create(request, find)
    except Rejected as rejected:
        found = await find()
        if found is None:
            end(failed(f"the API refused {wanted.name}: {rejected.message}"))
        return found
    if parse_image_key(image.image_name) != wanted.key:
        detail = f"the API stores {quoted(name)} as {quoted(image.image_name)}: its digest is lost"
        end(failed(f"{detail}; stopped there (dataset {draft.id})", image.id))
    return image


async def remove_image(turn: Turn, step: RemoveImage) -> Ending:
    """Remove an image, or the second of two with one digest; one that is gone already counts."""
    draft = await recent(turn, turn.run.options.staleness)
    if step.id is None:
        going = [image for image in draft.content.images if parse_image_key(image.image_name) == step.key]
    else:
        going = [image for image in draft.content.twins if image.id == step.id]
        await _inherit(turn, step.key)
    for image in going:
        await _remove(turn, draft, image)
    return succeeded("removed") if going else already("is gone already")


async def _inherit(turn: Turn, key: str) -> None:
    """Where a person wrote on the second of two images with one digest, the first takes that text over."""
    draft = await look(turn)
    heir = heir_of(draft.images or (), key)
    if heir is not None:
        await write_caption(turn, draft.id, heir.image, heir.text)


async def _remove(turn: Turn, draft: RemoteDataset, image: RemoteImage) -> None:
    async def is_gone() -> bool:
        return all(one.id != image.id for one in (await look(turn)).images or ())

    try:
        await turn.write(partial(turn.run.client.delete_image, draft.id, image.id), is_gone)
    except Rejected as rejected:
        if rejected.status != 404 and not await is_gone():
            end(failed(f"the API refused to remove {quoted(image.image_name)}: {rejected.message}", image.id))
