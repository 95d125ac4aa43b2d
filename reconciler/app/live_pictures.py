"""Pictures of live images whose files are not here: small ones, from the hosts that a person named."""

import io
from collections.abc import Collection, Mapping
from dataclasses import field

from reconciler.api.network import Network
from reconciler.api.picture import Missing, Patience, fetch_pictures
from reconciler.clock import SystemClock
from reconciler.core.live import Observed
from reconciler.core.name import parse_image_key
from reconciler.core.value import dataclass
from reconciler.files.image.thumbnail import thumbnail


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePictures:
    """Pictures as WebP by image key, and for every other live image that was wanted a clause that says why not."""

    pictures: Mapping[str, bytes] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)


async def live_pictures(
    observed: Observed,
    wanted: Collection[str],
    hosts: Collection[str],
    *,
    network: Network,
    patience: Patience | None = None,
) -> LivePictures:
    """The pictures of the images with these keys, asked for in this order; of images that are not live nothing is said.

    With no hosts nothing is sent, and the reasons say which host to name. HostRefused for a host that is none. Waits by
    the machine's clock, since a simulated one does not notice that a socket is waited for. Nothing is kept on the disk.
    """
    live = _addresses(observed)
    found = await fetch_pictures(
        {key: live[key] for key in wanted if key in live},
        hosts,
        shrink=_small,
        clock=SystemClock(),
        network=network,
        patience=patience,
    )
    return LivePictures(
        pictures={key: what for key, what in found.items() if isinstance(what, bytes)},
        reasons={key: what.reason for key, what in found.items() if isinstance(what, Missing)},
    )


def _addresses(observed: Observed) -> dict[str, str]:
    """The address of the picture of each image that was read, by the newest dataset that gives one; empty if none does."""
    found: dict[str, str] = {}
    for _, dataset in sorted(observed.datasets.items(), reverse=True):
        for image in dataset.images or ():
            if key := parse_image_key(image.image_name):
                found[key] = found.get(key) or image.thumbnail_url or ""
    return found


def _small(body: bytes) -> bytes | None:
    return thumbnail(io.BytesIO(body))
