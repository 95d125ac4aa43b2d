"""An archive at an address, as long as somebody has to read it: signed by a store, or served from this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import field
from datetime import datetime, timedelta

from reconciler.archive.serve import served
from reconciler.archive.store import ArchiveStore, StoreRefused
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Where an archive can be read. `url` is a secret.

    `until` is None where the address lives as long as this program. `ends_sooner` is when the credentials behind it end,
    where that is before `until`, and they tell it.
    """

    url: str = field(repr=False)
    until: datetime | None = None
    ends_sooner: datetime | None = None


@asynccontextmanager
async def offered(store: ArchiveStore, digest: str, lifetime: timedelta, *, now: datetime) -> AsyncIterator[Offer]:
    """An address for a stored archive, for anonymous GET."""
    if store.name.is_local:
        if not (file := store.file(digest)).is_file():
            raise StoreRefused(f"{store.name} does not show the archive that was just stored there")
        with served(file) as url:
            yield Offer(url=url)
        return
    address = await store.sign(digest, lifetime, now=now)
    yield Offer(url=address.url, until=address.until, ends_sooner=address.ends_sooner)
