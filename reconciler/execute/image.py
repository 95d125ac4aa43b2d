"""Images of a draft: each uploaded once, each removed by id."""

from contextlib import suppress
from functools import partial

from reconciler.api.error import Rejected
from reconciler.core.action import RemoveImage, UploadImage
from reconciler.core.guide import same_caption
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.name import live_image_name, parse_image_key
from reconciler.core.run.caption import text_to_inherit
from reconciler.core.run.ending import Ending, already, failed, succeeded
from reconciler.core.text import quoted
from reconciler.core.wish import WishImage
from reconciler.execute.action_run import ActionRun, end
from reconciler.execute.draft import NO_CLONES, OWNERSHIP, read_draft, read_recent_draft, wish_of, write_caption


async def upload_image(action_run: ActionRun, step: UploadImage) -> Ending:
    """Upload one wished image, and write its declared caption; one that is there already counts."""
    wanted = next((image for image in wish_of(action_run).images if image.key == step.key), None)
    if wanted is None:
        return failed(f"the plan's wish for {action_run.action.ref} holds no image {step.key}")
    draft = await read_recent_draft(action_run, action_run.run.options.staleness)
    if found := draft.content.keyed.get(step.key):
        return already("is there already", found.id)
    image = await upload(action_run, draft, wanted)
    await _declare(action_run, draft, image, wanted)
    return succeeded("uploaded", image.id)


async def _declare(action_run: ActionRun, draft: RemoteDataset, image: RemoteImage, wanted: WishImage) -> None:
    """Write the declared caption of a new image at once, where the answer shows the automatic one already.

    Uploads and captions have rate limits of their own, so the captions of the first images need not wait for the last
    one. Whatever is not written here is written by the step that follows, which reads all of them in any case.
    """
    text = wanted.caption
    if text is None or image.caption is None or same_caption(wish_of(action_run).guide, image.caption, text):
        return
    await action_run.go_on_beside_uploads()
    if await action_run.is_elected():
        await read_recent_draft(action_run, OWNERSHIP)
        with suppress(Rejected):
            await write_caption(action_run, draft.id, image, text)
            action_run.run.captioned.add(image.id)


async def upload(action_run: ActionRun, draft: RemoteDataset, wanted: WishImage) -> RemoteImage:
    """Send one image that a read just showed to be missing; it is never sent again without looking."""
    name = live_image_name(wanted.name, wanted.digest)

    async def find() -> RemoteImage | None:
        return (await read_draft(action_run)).content.keyed.get(wanted.key)

    try:
        source = action_run.run.images.source(wanted)
    except OSError as error:
        end(failed(f"{wanted.path} cannot be read: {error.strerror or error}"))
    if source.digest != wanted.digest:
        end(failed(f"{wanted.path} is not the file that was planned; plan again"))
    request = partial(
        action_run.run.client.upload_image,
        draft.id,
        image_name=name,
        source=source,
        increase_resolution=wish_of(action_run).increase_resolution,
    )
    try:
        image = await action_run.create(request, find)
    except Rejected as rejected:
        found = await find()
        if found is None:
            end(failed(f"the API refused {wanted.name}: {rejected.message}"))
        return found
    if parse_image_key(image.image_name) != wanted.key:
        detail = f"the API stores {quoted(name)} as {quoted(image.image_name)}: its digest is lost"
        end(failed(f"{detail}; stopped there (dataset {draft.id})", image.id))
    return image


async def remove_image(action_run: ActionRun, step: RemoveImage) -> Ending:
    """Remove an image, or the second of two with one digest; one that is gone already counts."""
    draft = await read_recent_draft(action_run, action_run.run.options.staleness)
    if step.id is None:
        going = [image for image in draft.content.images if parse_image_key(image.image_name) == step.key]
    else:
        going = [image for image in draft.content.twins if image.id == step.id]
        await _inherit_text(action_run, step.key)
    for image in going:
        await _remove(action_run, draft, image)
    return succeeded("removed") if going else already("is gone already")


async def remove_copies(action_run: ActionRun, draft: RemoteDataset) -> int:
    """Of one picture that people had uploaded twice, one image stays; how many went.

    A frozen dataset that git adopted shows such a picture once, so no plan lists its copies in the clone.
    """
    copies = [image for image in draft.content.twins if image.adopted_from is not None]
    for key in dict.fromkeys(parse_image_key(image.image_name) or "" for image in copies):
        await _inherit_text(action_run, key)
    for image in copies:
        await _remove(action_run, draft, image)
    return len(copies)


async def _inherit_text(action_run: ActionRun, key: str) -> None:
    """Where a person wrote on the second of two images with one digest, the first takes that text over."""
    draft = await read_draft(action_run)
    inherited = text_to_inherit(draft.images or (), key)
    if inherited is not None:
        await write_caption(action_run, draft.id, inherited.image, inherited.text)


async def _remove(action_run: ActionRun, draft: RemoteDataset, image: RemoteImage) -> None:
    async def is_gone() -> bool:
        return all(one.id != image.id for one in (await read_draft(action_run)).images or ())

    try:
        await action_run.write(partial(action_run.run.client.delete_image, draft.id, image.id), is_gone)
    except Rejected as rejected:
        if rejected.status != 404 and not await is_gone():
            way = f"; {NO_CLONES}" if wish_of(action_run).uploads.is_once else ""
            end(failed(f"the API refused to remove {quoted(image.image_name)}: {rejected.message}{way}", image.id))
