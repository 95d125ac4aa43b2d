"""What is there of a gallery: each of its cases in each of its columns."""

from collections.abc import Mapping
from dataclasses import field

from reconciler.core.gallery import CaseResult, CaseState, Column, DesiredGallery
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryResults:
    """`results` has each case of the gallery in each of `columns`."""

    gallery: DesiredGallery
    columns: tuple[Column, ...]
    results: Mapping[tuple[Column, str], CaseResult] = field(default_factory=dict)

    def of(self, column: Column) -> tuple[CaseResult, ...]:
        """The cases of a column in the order of the manifest."""
        return tuple(self.results[column, case.name] for case in self.gallery.cases)

    def among(self, state: CaseState) -> tuple[CaseResult, ...]:
        """All that is in a state."""
        return tuple(one for one in self.results.values() if one.state is state)
