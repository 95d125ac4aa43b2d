"""All that is known about one dataset when it is judged, and what may be asked of it."""

from reconciler.core.desired import Desired, DesiredDataset
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.assessment import wish_for
from reconciler.core.diff.election import Member, elect_model, newest_completed
from reconciler.core.diff.model_course import course_of
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.guide import same_guide
from reconciler.core.live import RemoteDataset
from reconciler.core.reason import Why
from reconciler.core.ref import Ref
from reconciler.core.run_options import RunOptions
from reconciler.core.value import dataclass
from reconciler.core.wish import DatasetWish


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetContext:
    """One declared dataset beside its live versions (`versions`, by id)."""

    dataset: DesiredDataset
    fingerprint: str
    desired: Desired
    index: AccountIndex
    project_id: int | None
    versions: tuple[Member, ...]
    asked: RunOptions

    @property
    def ref(self) -> Ref:
        return self.dataset.ref

    @property
    def completed(self) -> tuple[Member, ...]:
        return tuple(member for member in self.versions if member.dataset.is_completed)

    @property
    def base(self) -> Member | None:
        return newest_completed(self.versions)

    def wish(self, version: int) -> DatasetWish:
        return wish_for(self.dataset, self.fingerprint, version)

    def agrees_cheaply(self, member: Member) -> bool:
        """Do the fields that every list carries agree with what is desired?"""
        live = member.dataset
        counts = live.images_count is None or live.images_count == len(self.dataset.images)
        return counts and (live.guide is None or same_guide(live.guide, self.dataset.guide))

    def spends(self, fingerprint: str) -> bool:
        """Would a declared model be created or started on a dataset version of this fingerprint?"""
        return any(
            course_of(model, fingerprint, self.index, self.project_id, self.asked)[1].spends
            for model in self.desired.models_on(self.ref)
        )

    def has_living_model(self, fingerprint: str) -> bool:
        """Does a declared model live that was made for this dataset fingerprint?"""
        return any(
            elect_model(self.index.models(model.ref.name, self.project_id), model_fingerprint(model, fingerprint))
            for model in self.desired.models_on(self.ref)
        )


def why_afresh(context: DatasetContext, wish: DatasetWish) -> Why | None:
    """Why the next version is uploaded afresh; None where it begins as a clone of the base."""
    if context.base is None:
        return Why.NOT_LIVE
    if not context.base.dataset.is_filled_by(wish.uploads):
        return Why.UPLOAD_TYPE_CHANGED
    if context.dataset.clone == "never":
        return Why.AFRESH_AS_ASKED
    if _shares_names(context.base.dataset):
        return Why.NAMES_SHARED
    live = context.base.dataset.content.keyed
    coming = [image.size for image in wish.images if image.key not in live]
    staying = len(wish.images) - len(coming)
    if not staying:
        return Why.NOTHING_STAYS
    # A clone keeps what its source takes: an archive takes no image after the first.
    return None if not coming or wish.uploads.takes(coming, held=staying) else Why.TAKES_NO_IMAGE


def _shares_names(dataset: RemoteDataset) -> bool:
    """Do adopted images with different content bear one name on the live side?"""
    adopted = [image for image in dataset.content.keyed.values() if image.adopted_from is not None]
    return len({image.adopted_from for image in adopted}) < len(adopted)
