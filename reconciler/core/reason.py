"""Why a plan makes a change, deletes an object, or lets one wait: a code with the values that belong to it.

The words are made in `render.reason`. Nothing reads them back: whoever needs to know why asks the code.
"""

from enum import StrEnum

from reconciler.core.ref import Ref
from reconciler.core.value import dataclass


class Why(StrEnum):
    """The reasons; beside each of them the values that it comes with."""

    NAMED_NOWHERE = "named-nowhere"
    """No live project has this `name`."""
    TAKEN_OVER = "taken-over"
    CHANGED_IN_GIT = "changed-in-git"
    CHANGED_SOMEWHERE = "changed-somewhere"
    """The manifest changed, or the console did."""
    NEW = "new"
    NOT_LIVE = "not-live"
    """No version of it is live."""

    CLONED = "cloned"
    """Completed datasets are frozen, so the next version starts as a clone."""
    AFRESH_AS_ASKED = "afresh-as-asked"
    """The manifest says `clone: never`."""
    NOTHING_STAYS = "nothing-stays"
    """No image of the newest version stays."""
    TAKES_NO_IMAGE = "takes-no-image"
    """A clone of the newest version takes no image, and some are to come: all of them, `number`, are sent anew."""
    NAMES_SHARED = "names-shared"
    """Images of the newest version share names, and in a clone nothing else would tell them apart."""
    UPLOAD_TYPE_CHANGED = "upload-type-changed"
    """From `before` to `after`, which the API never does to a dataset that is there."""
    DRAFT_UNVERIFIED = "draft-unverified"
    """The draft `id` has its final name and was not completed."""
    DRAFT_OF_ANOTHER_CONTENT = "draft-of-another-content"
    """The draft `id` was begun for `before` and is filled for `after`: two fingerprints."""
    DRAFT_TO_COMPLETE = "draft-to-complete"
    """The draft `id` is open and can be completed."""
    DRAFT_UNFINISHED = "draft-unfinished"
    """The draft `id` was begun and not finished."""
    ARCHIVE_UNDER_WAY = "archive-under-way"
    """The images of the draft `id` are in an archive that was sent before."""
    ARCHIVE_FAILED = "archive-failed"
    """The one archive that the draft `id` takes brought nothing."""
    DRAFT_TAKES_NO_IMAGE = "draft-takes-no-image"
    """The draft `id` took its one archive, and other images are wanted."""

    NEVER_STARTED = "never-started"
    ALIASES_MOVED = "aliases-moved"
    DESCRIPTION_CHANGED = "description-changed"
    TRAINING_FAILED = "training-failed"
    """`number` times, and another one is asked for."""
    DATASET_CHANGES = "dataset-changes"
    """`ref` gets a new version."""
    DEFINITION_CHANGED = "definition-changed"
    LAST_VERSION_DELETED = "last-version-deleted"
    NO_MODEL_YET = "no-model-yet"
    """`ref` was complete before and has no model."""
    TRAINED_ON_ANOTHER_CONTENT = "trained-on-another-content"
    """Another one than `ref` has in its `version`, which is None where no account was asked."""

    ABSENT = "absent"
    """The manifest says `ensure: absent`."""
    PRUNED = "pruned"
    DESTROYED = "destroyed"
    IN_TRAINING = "in-training"
    """The training of the object is stopped first."""
    WITH_IMAGES = "with-images"
    """Its images go with it, `number` of them, and their captions."""
    OLD = "old"
    """It is older than the newest `number`."""
    NOT_KEPT = "not-kept"
    """`keep_checkpoints` of the manifest does not list it."""
    DUPLICATE_DRAFT = "duplicate-draft"
    DUPLICATE_MODEL = "duplicate-model"

    CALLED_BEFORE = "called-before"
    """It was called `name`."""

    ADOPTED = "adopted"
    """People made it, and git takes it for what it declares; nothing was verified by bytes."""

    NEED_REFUSED = "need-refused"
    """`ref` was refused, and the object waits for it."""
    NEED_IS_DRAFT = "need-is-draft"
    """`ref` is kept as a draft, and the object waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why, and the values that the code comes with; all others are None."""

    why: Why
    ref: Ref | None = None
    id: int | None = None
    version: int | None = None
    number: int | None = None
    name: str | None = None
    before: str | None = None
    after: str | None = None
