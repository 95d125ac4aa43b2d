"""The requests that every kind of live object has: list all, read one, delete one, rename one.

A kind without a live side has no row here.
"""

from collections.abc import Awaitable, Callable, Mapping

from reconciler.api.client import Client
from reconciler.core.kind import Kind
from reconciler.core.live import Live, RemoteDataset
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCalls:
    """The requests for one kind. `rename` takes the object as it is, the next name, and the description to keep."""

    list_all: Callable[[Client], Awaitable[tuple[Live, ...]]]
    read: Callable[[Client, int], Awaitable[Live | None]]
    delete: Callable[[Client, int], Awaitable[None]]
    rename: Callable[[Client, Live, str, str], Awaitable[None]] | None = None


async def _rename_dataset(client: Client, live: Live, name: str, _: str) -> None:
    """A completed dataset is sent its name alone (U08).

    A draft is sent its guide too: the documents do not say whether a PUT keeps what it does not name (U11).
    """
    guide = live.guide if isinstance(live, RemoteDataset) and live.is_draft else None
    await client.update_dataset(live.id, name=name, guide=guide)


async def _rename_model(client: Client, live: Live, name: str, description: str) -> None:
    await client.update_model(live.id, name=name, description=description)


CALLS: Mapping[Kind, KindCalls] = {
    Kind.PROJECT: KindCalls(
        list_all=Client.list_projects,
        read=Client.get_project,
        delete=Client.delete_project,
    ),
    Kind.DATASET: KindCalls(
        list_all=Client.list_datasets,
        read=Client.get_dataset,
        delete=Client.delete_dataset,
        rename=_rename_dataset,
    ),
    Kind.MODEL: KindCalls(
        list_all=Client.list_models,
        read=Client.get_model,
        delete=Client.delete_model,
        rename=_rename_model,
    ),
}
