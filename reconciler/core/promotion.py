"""What guards aliases of a model: each of them moves only to a version that people have looked at and approved."""

from typing import TYPE_CHECKING

from reconciler.core.value import dataclass

if TYPE_CHECKING:
    from reconciler.core.gallery import DesiredGallery


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """A guard. `cases` are those of the gallery that have to be there and approved; None for all that it has."""

    aliases: tuple[str, ...]
    gallery: str
    """The name of a gallery. It is no object, so there is no ref of it."""
    cases: tuple[str, ...] | None = None

    def asked(self, gallery: "DesiredGallery | None") -> tuple[str, ...]:
        """The names of the cases that count; `gallery` is the one that is named, None where it is not declared."""
        if self.cases is not None:
            return self.cases
        return () if gallery is None else tuple(case.name for case in gallery.cases)
