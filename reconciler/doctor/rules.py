"""All rules of the doctor in one table. docs/doctor.md is made from it."""

from enum import StrEnum

from reconciler.core.value import dataclass
from reconciler.doctor.rule_words import PREFIX_ONLY, RULE_WORDS


class Grade(StrEnum):
    """An error stops the upload, a warning deserves a look, advice makes the training better."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class Subject(StrEnum):
    """What a rule is about, in the order in which findings are read."""

    DATASET = "dataset"
    IMAGE = "image"
    PREFIX = "prefix"
    CAPTION = "caption"
    WAIVER = "waiver"


class FoundBy(StrEnum):
    """Who reports a breach: `validate` and the doctor, the doctor alone, or the doctor alone and only from pixels.

    Pixels are there only where the image itself is here, not its Git LFS pointer.
    """

    VALIDATE = "validate"
    DOCTOR = "doctor"
    PIXELS = "pixels"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `why` is a paragraph for a person who curates images, `remedy` says what to do about a breach."""

    id: str
    title: str
    subject: Subject
    grade: Grade
    found_by: FoundBy
    why: str
    remedy: str
    search_words: tuple[str, ...] = ()
    """Words by which people look for the rule. They are used to guess what an unknown id meant."""
    prefix_only: str = ""
    """Why nothing is found under a schema; empty where the rule holds in both families, or is about prefixes themselves."""

    @property
    def can_be_waived(self) -> bool:
        """A manifest cannot allow what the API would refuse."""
        return self.grade is not Grade.ERROR


ERROR, WARNING, ADVICE = Grade
VALIDATE, DOCTOR, PIXELS = FoundBy

# Within a subject, this is the order in which findings of one grade are printed.
# Each row: id, grade, who finds it, title, words by which people search for it.
_ROWS = {
    Subject.DATASET: (
        ("dataset-count", ERROR, VALIDATE, "no images, or more than its upload type takes", ""),
        ("dataset-bytes", ERROR, VALIDATE, "more than 5 GB for one archive", "size archive"),
        ("dataset-increase-resolution", ERROR, VALIDATE, "an archive that shall be scaled up", "resolution archive"),
        ("dataset-archive-small", WARNING, VALIDATE, "an archive for a few images", "zip upload_type"),
        (
            "dataset-archive-automatic",
            WARNING,
            VALIDATE,
            "an archive for a fully automated training",
            "zip expert",
        ),
        ("dataset-count-advised", WARNING, VALIDATE, "fewer or more images than Bria recommends", "number"),
        ("dataset-pattern", ERROR, VALIDATE, "a pattern in `include` that cannot be used", ""),
        ("dataset-pattern-unmatched", WARNING, VALIDATE, "a pattern in `include` that no image fits", ""),
        ("dataset-left-out", WARNING, VALIDATE, "images that no pattern takes", "include glob"),
        ("images-folder-missing", ERROR, VALIDATE, "no image folder", ""),
        ("images-dvc", ERROR, VALIDATE, "images that are here only as pointers of DVC", "pull"),
        ("images-dvc-fewer", WARNING, VALIDATE, "fewer files than DVC's pointer counts", "pull"),
        ("images-left-out", WARNING, VALIDATE, "images in formats that are not used", "heic tiff"),
        ("images-scaled", WARNING, VALIDATE, "images that will be scaled up", "resolution upscaled"),
        ("path-outside", ERROR, VALIDATE, "an image folder outside the manifest folder", ""),
        ("path-refused", ERROR, VALIDATE, "a file that cannot be read", ""),
        ("images-unseen", WARNING, DOCTOR, "images that are not here", "lfs"),
        ("images-alike", WARNING, PIXELS, "much of the same", "diversity duplicate"),
        ("images-background", ADVICE, PIXELS, "one background everywhere", "diversity colour"),
        ("legacy-generation", ADVICE, DOCTOR, "models with an announced end", "prefix family training_version"),
        ("images-shared", ADVICE, DOCTOR, "images that another dataset holds too", "duplicate"),
    ),
    Subject.IMAGE: (
        ("image-format", ERROR, VALIDATE, "not a PNG, JPEG or WebP", "heic gif tiff"),
        ("image-pointer", ERROR, VALIDATE, "a damaged Git LFS pointer", "lfs"),
        ("image-cut", ERROR, VALIDATE, "cut short", "truncated"),
        ("image-damaged", ERROR, VALIDATE, "damaged", "corrupt"),
        ("image-animated", ERROR, VALIDATE, "animated", ""),
        ("image-many", ERROR, VALIDATE, "several pictures in one file", ""),
        ("image-pixels", ERROR, VALIDATE, "too many pixels, or none", "megapixels resolution"),
        ("image-small", ERROR, VALIDATE, "too small", "resolution size"),
        ("image-double", ERROR, VALIDATE, "the same file twice", "duplicate"),
        ("name-portable", ERROR, VALIDATE, "a name that some computers cannot hold", ""),
        ("name-clash", ERROR, VALIDATE, "two names that differ in case only", "case"),
        ("image-edge", WARNING, VALIDATE, "just at the smallest size", "resolution"),
        ("image-crop", WARNING, VALIDATE, "long and narrow", "aspect ratio panorama"),
        ("image-alpha", WARNING, VALIDATE, "transparency that becomes black", "transparent transparency"),
        ("image-bilevel", WARNING, VALIDATE, "black and white only", ""),
        ("image-cmyk", WARNING, VALIDATE, "CMYK colours", "colours colors print"),
        ("image-deep", WARNING, VALIDATE, "more than 8 bits a colour", "16-bit"),
        ("image-located", WARNING, VALIDATE, "the place where it was taken", "gps exif location metadata"),
        ("image-rotated", WARNING, VALIDATE, "turned by a note in its metadata", "exif orientation rotation"),
        ("image-trailing", WARNING, VALIDATE, "more behind its end", ""),
        ("image-bytes", WARNING, VALIDATE, "larger than 12 MB", "size"),
        ("image-suffix", WARNING, VALIDATE, "the suffix of another format", ""),
        ("image-unreadable", WARNING, PIXELS, "pixels that cannot be read", ""),
        ("image-blank", WARNING, PIXELS, "nearly one colour", "empty flat"),
        ("image-blurred", WARNING, PIXELS, "out of focus", "blur sharpness focus"),
        ("image-alike", WARNING, PIXELS, "almost the same picture", "duplicate near-duplicate similar"),
        ("image-padded", WARNING, PIXELS, "bars or a border of one colour", "letterbox padding frame duplicate"),
        ("image-mask", WARNING, PIXELS, "a mask among pictures", "matte segmentation alpha"),
        ("image-cropped", ADVICE, DOCTOR, "more than a quarter lost to the square", "crop aspect ratio"),
    ),
    Subject.PREFIX: (
        ("dataset-caption-prefix-missing", ERROR, VALIDATE, "no caption_prefix", ""),
        ("dataset-guide-double", ERROR, VALIDATE, "a caption_prefix and a visual_schema", ""),
        ("dataset-schema", ERROR, VALIDATE, "a visual_schema that cannot be sent", "json schema"),
        ("dataset-schema-file", ERROR, VALIDATE, "a schema file that cannot be read", ""),
        ("dataset-family", ERROR, VALIDATE, "another family than that of its project", "family"),
        ("prefix-control", ERROR, VALIDATE, "a control character in the prefix", ""),
        ("prefix-hidden", WARNING, VALIDATE, "an invisible character in the prefix", ""),
        ("prefix-long", ERROR, VALIDATE, "a prefix that is too long", ""),
        ("prefix-name", WARNING, DOCTOR, "the character's name is not in the prefix", "trigger ip_name"),
        ("prefix-description", WARNING, DOCTOR, "words of ip_description are not in the prefix", "ip_description"),
        ("prefix-end", ADVICE, DOCTOR, "a prefix that ends a sentence", ""),
    ),
    Subject.CAPTION: (
        ("caption-none", ERROR, VALIDATE, "no caption at all", ""),
        ("caption-empty", ERROR, VALIDATE, "an empty caption", ""),
        ("caption-json", ERROR, VALIDATE, "a caption that is no JSON object, under a visual_schema", "json"),
        ("caption-family", ERROR, VALIDATE, "a caption that is a JSON document, under a caption_prefix", ""),
        ("caption-control", ERROR, VALIDATE, "a control character in a caption", ""),
        ("caption-long", ERROR, VALIDATE, "a caption beyond 5,000 characters", ""),
        ("caption-double", ERROR, VALIDATE, "two captions for one image", ""),
        ("caption-ambiguous", ERROR, VALIDATE, "a caption that fits two images", ""),
        ("caption-ownerless", ERROR, VALIDATE, "a caption without an image", "sidecar orphan"),
        ("caption-two-files", ERROR, VALIDATE, "several caption files in one folder", ""),
        ("caption-file", ERROR, VALIDATE, "a caption file of another shape", ""),
        ("caption-text", ERROR, VALIDATE, "a caption that is no text", ""),
        ("caption-line", ERROR, VALIDATE, "a line of a caption file that cannot be read", ""),
        ("manifest-encoding", ERROR, VALIDATE, "a text that is not UTF-8", "encoding"),
        ("text-pointer", ERROR, VALIDATE, "only the Git LFS pointer of a text", "lfs"),
        ("caption-missing", WARNING, DOCTOR, "an image without its caption", "sidecar uncaptioned"),
        ("caption-unused", WARNING, VALIDATE, "caption files that are not used", "sidecar"),
        ("caption-hidden", WARNING, VALIDATE, "an invisible character in a caption", ""),
        ("caption-lines", WARNING, VALIDATE, "a caption of several lines", ""),
        ("caption-prefix", WARNING, VALIDATE, "a caption that repeats the prefix", ""),
        ("caption-subject", WARNING, DOCTOR, "a caption that begins anew", "continuation"),
        ("caption-same", WARNING, DOCTOR, "one caption for several images", "duplicate"),
        ("caption-mojibake", WARNING, DOCTOR, "letters that were mangled on the way", "encoding"),
        ("caption-start", ADVICE, DOCTOR, "a caption that begins with a capital", "capital"),
        ("caption-end", ADVICE, DOCTOR, "a caption without a full stop", "period"),
        ("caption-brief", ADVICE, DOCTOR, "a caption of one or two words", "short"),
        ("caption-wordy", ADVICE, DOCTOR, "a caption of more than 60 words", "long"),
        ("caption-repeats", ADVICE, DOCTOR, "a caption that says again what the prefix says", "constant"),
        ("caption-constant", ADVICE, DOCTOR, "words that stand in nearly every caption", "vary"),
    ),
    Subject.WAIVER: (
        ("waiver-wrong", ERROR, VALIDATE, "a waiver that cannot be used", ""),
        ("waiver-expired", WARNING, DOCTOR, "a waiver whose time is over", ""),
        ("waiver-unused", ADVICE, DOCTOR, "a waiver that waives nothing", ""),
    ),
}

RULES = {
    id_: Rule(
        id=id_,
        title=title,
        subject=subject,
        grade=grade,
        found_by=found_by,
        why=RULE_WORDS[id_][0],
        remedy=RULE_WORDS[id_][1],
        search_words=tuple(search_words.split()),
        prefix_only=PREFIX_ONLY.get(id_, ""),
    )
    for subject, rows in _ROWS.items()
    for id_, grade, found_by, title, search_words in rows
}
"""Every rule by its id."""
