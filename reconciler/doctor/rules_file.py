"""The rules about image files that cannot be uploaded. `validate` reports all of them, by the same ids."""

from reconciler.doctor.rule import Grade, Rule, Subject
from reconciler.doctor.rules_image import EXPORT


def _file(id_: str, title: str, why: str, remedy: str, *, also: tuple[str, ...] = ()) -> Rule:
    return Rule(id=id_, title=title, subject=Subject.IMAGE, grade=Grade.ERROR, why=why, remedy=remedy, also=also)


FILE_RULES = (
    _file(
        "image-format",
        "not a PNG, JPEG or WebP",
        "Bria takes PNG, JPEG and WebP. What counts is what the file holds, not how it is named: a HEIC from a phone "
        "that was renamed to .jpg is still a HEIC.",
        "Export it as PNG, JPEG or WebP.",
        also=("heic", "gif", "tiff"),
    ),
    _file(
        "image-pointer",
        "a damaged Git LFS pointer",
        "The file looks like the small text that Git LFS keeps in place of an image, but it is not exactly one, so "
        "which image it stands for is unknown.",
        "Restore it with git, then run `git lfs pull`.",
        also=("lfs",),
    ),
    _file(
        "image-cut",
        "cut short",
        "The file ends in the middle of the picture, as after a download or copy that was broken off. Viewers often show "
        "it all the same, with a grey part.",
        EXPORT,
        also=("truncated",),
    ),
    _file(
        "image-damaged",
        "damaged",
        "The parts of the file contradict each other or their checksums. Whatever a viewer shows, Bria may see something "
        "else, or refuse it.",
        EXPORT,
        also=("corrupt",),
    ),
    _file(
        "image-animated",
        "animated",
        "A training image is a still picture; which frame of an animation would be meant is unknown.",
        "Save the frame you want as a still image.",
    ),
    _file(
        "image-many",
        "several pictures in one file",
        "Some cameras store a second picture, or a depth map, inside a JPEG. Which one would be trained on is unknown.",
        "Save the picture you want as a plain JPEG or PNG.",
    ),
    _file(
        "image-pixels",
        "too many pixels, or none",
        "Pictures beyond 120 million pixels, or 65,535 on a side, are not opened: such sizes are more often a trick or "
        "a fault than a photograph. Training uses 1024 by 1024.",
        "Export it smaller.",
        also=("megapixels", "resolution"),
    ),
    _file(
        "image-small",
        "too small",
        "Bria needs at least 256 pixels on each side where it may scale images up, and 1,024 where it may not "
        "(`increase_resolution: false`).",
        "Use a larger picture.",
        also=("resolution", "size"),
    ),
    _file(
        "image-double",
        "the same file twice",
        "Two files are equal byte for byte. An image is known by its content, so a dataset cannot hold it twice; and a "
        "picture that is seen twice as often weighs twice as much.",
        "Remove one of them.",
        also=("duplicate",),
    ),
    _file(
        "name-portable",
        "a name that some computers cannot hold",
        "Names such as `aux.png`, or with a colon or an invisible character, cannot be checked out on every system, and "
        "a colleague would see another set of images.",
        "Rename it, with letters, digits, hyphens and underscores.",
    ),
    _file(
        "name-clash",
        "two names that differ in case only",
        "On Windows and macOS `Wave.png` and `wave.png` are one file: one of the two images would vanish there.",
        "Rename one of them.",
        also=("case",),
    ),
)
