"""The store for archives that a run uses: opened before the first request, or refused with what to do."""

from dataclasses import replace
from importlib.util import find_spec

from reconciler.api.network import LOOPBACK_NAMES, Network
from reconciler.app.exceptions import Refused, refused
from reconciler.app.settings import Settings
from reconciler.archive.store import ArchiveStore, Route, StoreName, StoreRefused
from reconciler.clock import time_of_day
from reconciler.core.look.surroundings import KeptArchive
from reconciler.core.plan import Plan
from reconciler.core.planning.archive_notes import MISSING_STORE, archives_to_send, missing_store
from reconciler.core.refusal import Refusal
from reconciler.execute import Archives

_LIBRARIES = ("obstore", "stream_zip")
"""What the extra `archive` brings."""


def with_store_refusals(plan: Plan, settings: Settings) -> Plan:
    """The plan, refused where it sends an archive and no store is named that the API could read from."""
    found = missing_store(plan) if settings.archive_store is None else ()
    if archives_to_send(plan) and _is_out_of_reach(settings):
        found = (_out_of_reach(settings),)
    if not found:
        return plan
    notes = tuple(note for note in plan.notes if note.rule != MISSING_STORE)
    return replace(plan, notes=notes, refusals=(*plan.refusals, *found))


def _is_out_of_reach(settings: Settings) -> bool:
    """Is the store a folder of this machine, and the API on another one?"""
    is_here = settings.endpoint.is_simulator or not settings.endpoint.is_secure
    return settings.archive_store is not None and settings.archive_store.is_local and not is_here


def _out_of_reach(settings: Settings) -> Refusal:
    return Refusal(
        rule="archive-store-local",
        ref=None,
        summary=f"{settings.archive_store} is a folder of this machine, which {settings.endpoint} cannot read",
        remedies=("Name a bucket of yours, as s3://BUCKET/PREFIX; file:// serves a simulator on this machine.",),
    )


async def open_archives(plan: Plan, settings: Settings) -> Archives | None:
    """The store of a plan that sends an archive, None for any other; Refused where it cannot be used, or does not answer."""
    if settings.archive_store is None or not archives_to_send(plan):
        return None
    store = _opened(settings.archive_store, settings.network)
    try:
        await store.reach()
    except StoreRefused as error:
        raise _unusable(error) from None
    return Archives(store=store, lifetime=settings.archive_expiry, now=time_of_day, network=settings.network)


async def kept_archives(settings: Settings) -> tuple[KeptArchive, ...]:
    """All archives of this tool in the store that is named, the newest first; none where none is named."""
    if settings.archive_store is None:
        return ()
    try:
        found = await _opened(settings.archive_store, settings.network).archives()
    except StoreRefused as error:
        raise _unusable(error) from None
    return tuple(
        KeptArchive(
            store=str(settings.archive_store),
            digest=one.digest,
            size=one.size,
            stored_at=one.stored_at.isoformat(timespec="seconds"),
        )
        for one in found
    )


def _opened(name: StoreName, network: Network) -> ArchiveStore:
    if any(find_spec(library) is None for library in _LIBRARIES):
        raise refused(
            "archive-extra-missing",
            "archives need two libraries that are not installed here",
            "Install them with `pip install 'reconciler[archive]'`.",
        )
    try:
        return ArchiveStore(name, route=_route(name, network))
    except StoreRefused as error:
        raise _unusable(error) from None


def _route(name: StoreName, network: Network) -> Route:
    """The way to a store, by the same variables as everything that is sent. Its library decides by the same rules."""
    if name.is_local:
        return Route()
    proxy = network.proxy_for("https://store.invalid")
    return Route(
        proxy=proxy.address if proxy else "",
        direct=(*network.exempt, *LOOPBACK_NAMES),
        authorities=network.authorities(),
    )


def _unusable(error: StoreRefused) -> Refused:
    way = (
        "Look at the name of this store, and at the credentials and the network of this environment; nothing was sent."
    )
    return refused("archive-store-unusable", str(error), way)
