"""What a page shows beside its plan: pictures, findings, image files that got another name."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from reconciler.core.ref import Ref
from reconciler.render.finding import Finding
from reconciler.render.html.frame import ImageRename
from reconciler.render.html.thumbnails import NO_THUMBNAILS, Thumbnails


@dataclass(frozen=True, kw_only=True)
class Album:
    """`unseen` counts the images of which nobody read the pixels; `renamed` names files whose bytes stay."""

    thumbnails: Thumbnails = NO_THUMBNAILS
    findings: tuple[Finding, ...] = ()
    unseen: int = 0
    renamed: tuple[ImageRename, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, tuple[Finding, ...]]:
        """The findings on each image."""
        ordered = sorted((one for one in self.findings if one.key), key=lambda one: one.key)
        return {key: tuple(group) for key, group in groupby(ordered, key=lambda one: one.key)}

    def of_whole(self, ref: Ref) -> tuple[Finding, ...]:
        """The findings on a dataset as a whole."""
        return tuple(one for one in self.findings if not one.key and one.ref == ref)


NO_ALBUM = Album()
