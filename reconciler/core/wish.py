"""What a dataset version must be: the wish that a plan carries and that completing verifies."""

from dataclasses import dataclass

from reconciler.core.guide import Guide
from reconciler.core.ref import Ref
from reconciler.core.uploads import Uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class WishImage:
    """One image that a dataset version must hold. `path` is below the manifest root, `caption` None if undeclared."""

    key: str
    digest: str
    size: int
    name: str
    path: str
    caption: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetWish:
    """All that a dataset version must be; what `complete` verifies."""

    ref: Ref
    project: Ref
    version: int
    fingerprint: str
    uploads: Uploads
    guide: Guide
    increase_resolution: bool
    completed: bool
    images: tuple[WishImage, ...]
