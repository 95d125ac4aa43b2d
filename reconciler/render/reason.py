"""Reasons in words. They are written for people, and no code reads them back."""

from reconciler.core.reason import Reason, Why
from reconciler.core.text import count, quoted

WORDS = {
    Why.NAMED_NOWHERE: "no project is named {name}",
    Why.TAKEN_OVER: "it is taken over",
    Why.CHANGED_IN_GIT: "its manifest changed",
    Why.CHANGED_SOMEWHERE: "its manifest changed, or the console did",
    Why.NEW: "it is new",
    Why.NOT_LIVE: "no version of it is live",
    Why.CLONED: "completed datasets are frozen, so its next version starts as a clone",
    Why.AFRESH_AS_ASKED: "completed datasets are frozen, and `clone: never` asks for a fresh upload",
    Why.NOTHING_STAYS: "no image of the newest version stays, so the next one is uploaded afresh",
    Why.TAKES_NO_IMAGE: "a dataset takes one archive and no image after it, so the next version is a new dataset, and "
    "{images} are sent again",
    Why.NAMES_SHARED: "several images of the newest version bear one name, and a clone tells them apart by nothing else, so "
    "the next one is uploaded afresh",
    Why.UPLOAD_TYPE_CHANGED: "the upload_type of a dataset cannot change from {before} to {after}, so the next version is "
    "a new dataset",
    Why.DRAFT_UNVERIFIED: "{draft} has its final name and was not completed: it is verified again",
    Why.DRAFT_OF_ANOTHER_CONTENT: "{draft} was begun for {before}: it is filled for {after} instead",
    Why.DRAFT_TO_COMPLETE: "{draft} is open and can be completed",
    Why.DRAFT_UNFINISHED: "{draft} was begun and not finished: it goes on from there",
    Why.ARCHIVE_UNDER_WAY: "the archive of {draft} was sent and is under way: it is waited for",
    Why.ARCHIVE_FAILED: "the archive of {draft} brought nothing, and a dataset takes only one: a new draft is begun",
    Why.DRAFT_TAKES_NO_IMAGE: "{draft} took its one archive and lacks images: a new draft is begun, and all are sent again",
    Why.NEVER_STARTED: "it was created and never started",
    Why.ALIASES_MOVED: "its aliases moved",
    Why.DESCRIPTION_CHANGED: "its description changed",
    Why.TRAINING_FAILED: "its training failed {times}, and `on_failure: retrain` or `--retry` asks for another",
    Why.DATASET_CHANGES: "{ref} changes",
    Why.DEFINITION_CHANGED: "its training definition changed",
    Why.LAST_VERSION_DELETED: "its last version was deleted",
    Why.NO_MODEL_YET: "{ref} was complete before this apply and has no model: deleted in the console or by this tool, or "
    "a run that was cut off?",
    Why.TRAINED_ON_ANOTHER_CONTENT: "its newest version was trained on another content than {ref}{version}",
    Why.ABSENT: "its manifest says `ensure: absent`",
    Why.PRUNED: "old versions are pruned",
    Why.DESTROYED: "`reconciler destroy` deletes what the manifests declare",
    Why.IN_TRAINING: "in training: it is stopped first",
    Why.WITH_IMAGES: "with {images} and their captions",
    Why.OLD: "older than the newest {number}",
    Why.NOT_KEPT: "`keep_checkpoints` does not list them",
    Why.DUPLICATE_DRAFT: "a duplicate draft that nobody fills",
    Why.DUPLICATE_MODEL: "a duplicate that was never trained",
    Why.CALLED_BEFORE: "it was called {name}",
    Why.ADOPTED: "it was adopted under the name that people gave it",
    Why.NEED_REFUSED: "{ref} was refused",
    Why.NEED_IS_DRAFT: "{ref} is a draft",
}
"""A clause for each reason, in the form that can stand after "because"."""


def reason_words(reason: Reason) -> str:
    """The clause of a reason, with its values."""
    number = reason.number or 0
    return WORDS[reason.why].format(
        name=quoted(reason.name or ""),
        ref=reason.ref,
        draft="its draft" if reason.id is None else f"draft {reason.id}",
        version="" if reason.version is None else f" v{reason.version}",
        number=number,
        times=count(number, "time"),
        images=count(number, "image"),
        before=reason.before,
        after=reason.after,
    )
