"""What the lists must show before an apply may end, so that the next plan sees what this run made."""

from collections.abc import Iterable

from reconciler.core.kind import Kind
from reconciler.core.live import Live, ModelStatus, RemoteDataset, RemoteModel, RemoteProject
from reconciler.core.text import normal
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedListing:
    """One object as a read by id showed it last: the texts that plans compare, and what else they compare.

    `images` is how many a dataset holds; `started` says that the training of a model was started.
    """

    kind: Kind
    id: int
    texts: tuple[str, ...]
    images: int | None = None
    started: bool = False


def expected_listing(live: Live, *, started: bool = False) -> ExpectedListing:
    """An object as it must be listed. Plans compare a dataset's count and guide without reading it."""
    images = live.images if isinstance(live, RemoteDataset) else None
    count = None if images is None else len(images)
    return ExpectedListing(kind=live.kind, id=live.id, texts=_texts(live), images=count, started=started)


def shows(expected: ExpectedListing, listed: Iterable[Live]) -> bool:
    """Does the list of its kind show an object as it was made, or further on its way?"""
    return any(
        one.id == expected.id and _texts(one) == expected.texts and _has_arrived(one, expected) for one in listed
    )


def _has_arrived(live: Live, expected: ExpectedListing) -> bool:
    match live:
        case RemoteDataset(images_count=count):
            return count is None or count == expected.images
        case RemoteModel(status=status):
            return not (expected.started and status is ModelStatus.CREATED)
        case _:
            return True


def _texts(live: Live) -> tuple[str, ...]:
    """The texts of an object that plans compare."""
    match live:
        case RemoteProject():
            fields = (live.project_name, live.project_description, live.ip_name, live.ip_description)
            return tuple(normal(text or "") for text in fields)
        case RemoteDataset():
            return (live.name, live.status, "" if live.guide is None else live.guide.canonical)
        case RemoteModel():
            return (live.name, normal(live.description or ""))
        case _:
            return (live.name,)
