"""What a caller decides about an apply: its patience, its width, what it waits for, and how it is stopped."""

import asyncio
from collections.abc import Callable
from dataclasses import field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from reconciler.api.network import DIRECT, Network
from reconciler.api.upload import ImageSource
from reconciler.archive.store import ArchiveStore
from reconciler.core.value import dataclass
from reconciler.core.wish import WishImage

Wait = Literal["none", "captions", "training"]
"""What an apply waits for before it ends; a regeneration that it started is awaited whatever this says."""


class ImageStore(Protocol):
    """Where the bytes of wished images come from."""

    def source(self, image: WishImage) -> ImageSource:
        """The bytes of one image, to be opened when they are sent; OSError where the file is not there."""
        ...


class Brake:
    """How a person stops an apply: pulled once, no new action starts; pulled twice, running ones are cut off."""

    def __init__(self) -> None:
        self._soft = asyncio.Event()
        self._hard = asyncio.Event()

    def pull(self) -> None:
        """What a Ctrl-C does."""
        (self._hard if self._soft.is_set() else self._soft).set()

    @property
    def is_pulled(self) -> bool:
        return self._soft.is_set()

    @property
    def is_hard(self) -> bool:
        return self._hard.is_set()

    async def pulled(self) -> None:
        """Return once it was pulled."""
        await self._soft.wait()

    async def pulled_hard(self) -> None:
        """Return once it was pulled a second time."""
        await self._hard.wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Archives:
    """Where archives are put, how long an address of one is good for, what time it is, and the way to an address."""

    store: ArchiveStore
    lifetime: timedelta
    now: Callable[[], datetime]
    network: Network = DIRECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """All times in seconds of the clock.

    `settle` must be longer than the API's lists may lag behind its writes, pauses of this process included.
    `concurrency` is the number of actions that may have a request under way. `staleness` is how old a read may be
    on which something is spent or deleted.
    """

    settle: float = 15.0
    concurrency: int = 4
    wait: Wait = "captions"
    brake: Brake = field(default_factory=Brake)
    staleness: float = 60.0
    poll: float = 3.0
    poll_limit: float = 30.0
    patience: float = 120.0
    """How long a missing caption, or the images of a clone, may take before something is done about it."""
    caption_deadline: float = 1800.0
    capacity_deadline: float = 600.0
    training_poll: float = 90.0
    training_deadline: float = 28800.0
    archive_deadline: float = 3600.0
    """How long nothing may change while the API works on an archive; its figures may jump (V66)."""
    archives: Archives | None = None
    """None where no store is named."""
    attempts: int = 3
    """How often a request is sent whose answer gets lost and whose effect is not found."""
