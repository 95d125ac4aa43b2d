"""All rules of the doctor in one table; the page docs/doctor.md is made from it."""

from reconciler.doctor.rules_caption import CAPTION_RULES
from reconciler.doctor.rules_dataset import DATASET_RULES, WAIVER_RULES
from reconciler.doctor.rules_file import FILE_RULES
from reconciler.doctor.rules_image import IMAGE_RULES
from reconciler.doctor.rules_prefix import PREFIX_RULES

TABLE = (*DATASET_RULES, *FILE_RULES, *IMAGE_RULES, *PREFIX_RULES, *CAPTION_RULES, *WAIVER_RULES)
RULES = {rule.id: rule for rule in TABLE}
"""Every rule by its id."""

OWN = frozenset(
    {
        *("images-unseen", "images-alike", "images-background", "images-shared"),
        *("image-unreadable", "image-blank", "image-blurred", "image-alike", "image-cropped"),
        *("prefix-name", "prefix-description", "prefix-end"),
        *("caption-missing", "caption-subject", "caption-same", "caption-mojibake", "caption-start", "caption-end"),
        *("caption-brief", "caption-wordy", "caption-repeats", "caption-constant"),
        *("waiver-expired", "waiver-unused"),
    }
)
"""Rules that only the doctor judges; `validate` reports the others as well."""
