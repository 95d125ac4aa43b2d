"""What a dataset version must be: the wish that a plan carries and that completing verifies."""

from reconciler.core.guide import Guide, same_caption
from reconciler.core.ref import Ref
from reconciler.core.uploads import Uploads
from reconciler.core.value import dataclass


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

    @property
    def zipped_texts(self) -> dict[str, str]:
        """The texts beside the images of its archive, by key: every caption, or none.

        They travel only where the API takes them and git declares all of them, for the API writes either every caption of
        an archive or none. Each is one line, since nothing says what becomes of more (V59).
        """
        if not self.uploads.is_once or not self.guide.reads_zipped_captions:
            return {}
        texts = {image.key: image.caption for image in self.images if image.caption is not None}
        return {key: " ".join(text.split()) for key, text in texts.items()} if len(texts) == len(self.images) else {}

    @property
    def captioned_by_archive(self) -> frozenset[str]:
        """Keys of the images that get their declared caption from the archive, so that it need not be written again."""
        texts = self.zipped_texts
        images = (image for image in self.images if image.key in texts)
        return frozenset(one.key for one in images if same_caption(self.guide, texts[one.key], one.caption))
