"""The rules about single images that can be uploaded. What `validate` reports as well has the same id there."""

from reconciler.doctor.rule import Grade, Rule, Subject

EXPORT = "Export it again, or restore it from git."


def _image(
    id_: str,
    grade: Grade,
    title: str,
    why: str,
    remedy: str,
    *,
    pixels: bool = False,
    also: tuple[str, ...] = (),
) -> Rule:
    return Rule(
        id=id_,
        title=title,
        subject=Subject.IMAGE,
        grade=grade,
        why=why,
        remedy=remedy,
        needs_pixels=pixels,
        also=also,
    )


IMAGE_WARNINGS = (
    _image(
        "image-edge",
        Grade.WARNING,
        "just at the smallest size",
        "Whether the smallest size itself is still taken, and which side counts, is not documented. A few pixels more "
        "and there is no doubt.",
        "Use a slightly larger picture.",
        also=("resolution",),
    ),
    _image(
        "image-crop",
        Grade.WARNING,
        "long and narrow",
        "Bria scales the shorter side to 1,024 and keeps the square in the middle. Of a picture more than twice as long "
        "as wide, more than half is thrown away, often with the subject's head or feet.",
        "Crop it to a square yourself, around what matters.",
        also=("aspect", "ratio", "panorama"),
    ),
    _image(
        "image-alpha",
        Grade.WARNING,
        "transparency that becomes black",
        "Bria turns transparent parts black. A product cut out on nothing becomes a product on black, and a dark subject "
        "disappears in it. Where the pixels can be read, only images that really have clear parts are listed.",
        "Put it on a background of your choice and export it without transparency.",
        also=("transparent", "transparency"),
    ),
    _image(
        "image-bilevel",
        Grade.WARNING,
        "black and white only",
        "Each pixel is either black or white, with no grey between: a fax, a scan of line art, or a mask among the "
        "images by mistake.",
        "Export it in grey or colour, or leave it out.",
    ),
    _image(
        "image-cmyk",
        Grade.WARNING,
        "CMYK colours",
        "CMYK is made for print. On the way to RGB its colours shift, and every program shifts them in its own way, so "
        "the brand's colours may not be those that are learned.",
        "Export it as RGB (sRGB).",
        also=("colours", "colors", "print"),
    ),
    _image(
        "image-deep",
        Grade.WARNING,
        "more than 8 bits a colour",
        "It is reduced to 8 bits. Some programs cut the lower bits off, others read such a picture far too bright.",
        "Export it with 8 bits a colour.",
        also=("16-bit",),
    ),
    _image(
        "image-located",
        Grade.WARNING,
        "the place where it was taken",
        "The file's metadata hold the place where the photograph was taken (GPS), and the file is uploaded as it is: "
        "with a photographer's home, or a place that is not announced yet.",
        "Export it without metadata.",
        also=("gps", "exif", "location", "metadata"),
    ),
    _image(
        "image-rotated",
        Grade.WARNING,
        "turned by a note in its metadata",
        "The camera noted how the picture is to be turned instead of turning it. Viewers follow the note; whether "
        "Bria does is not documented, so it may be trained lying on its side.",
        "Export it upright.",
        also=("exif", "orientation", "rotation"),
    ),
    _image(
        "image-trailing",
        Grade.WARNING,
        "more behind its end",
        "Something follows behind the picture: a video clip of a phone, or leftovers of a program. It is uploaded too.",
        "Export it again.",
    ),
    _image(
        "image-bytes",
        Grade.WARNING,
        "larger than 12 MB",
        "Other operations of Bria refuse files above 12 MB; for training images no limit is documented.",
        "Export it as JPEG of high quality, or smaller; training uses 1024 by 1024.",
        also=("size",),
    ),
    _image(
        "image-suffix",
        Grade.WARNING,
        "the suffix of another format",
        "The name says one format and the file is another. It is uploaded under its own name.",
        "Give it the suffix of what it is.",
    ),
    _image(
        "image-unreadable",
        Grade.WARNING,
        "pixels that cannot be read",
        "The file is whole, but its pixels could not be decoded here. Other programs will have trouble as well.",
        EXPORT,
        pixels=True,
    ),
    _image(
        "image-blank",
        Grade.WARNING,
        "nearly one colour",
        "There is hardly anything in the picture: the brightness varies by less than 4 of 255 (standard deviation). A "
        "blank export, a lens cap, or white on white.",
        "Look at it; leave it out if there is nothing to learn from.",
        pixels=True,
        also=("empty", "flat"),
    ),
    _image(
        "image-blurred",
        Grade.WARNING,
        "out of focus",
        "Even the sharpest edges are soft. A model learns softness like everything else. Measured by blurring the "
        "picture once more and seeing how little that changes, on the square that is trained on; a soft drawing or a "
        "picture that is nothing but a gradient can be taken for blurred.",
        "Use a sharper picture, unless softness is the style.",
        pixels=True,
        also=("blur", "sharpness", "focus"),
    ),
    _image(
        "image-alike",
        Grade.WARNING,
        "almost the same picture",
        "Two pictures are the same but for compression, size, brightness or a small crop. What is seen twice as often "
        "weighs twice as much, and the model repeats it instead of learning the subject. Compared are the square in "
        "the middle, as a fingerprint of 128 bits and, where that is close, in 256 fields of colour.",
        "Keep the better of the two.",
        pixels=True,
        also=("duplicate", "near-duplicate", "similar"),
    ),
)

IMAGE_ADVICE = (
    _image(
        "image-cropped",
        Grade.ADVICE,
        "more than a quarter lost to the square",
        "Only the square in the middle is kept. Up to 4:3 that costs a quarter of the picture at most; of a 3:2 photograph "
        "a third goes, of 16:9 nearly half. The contact sheet dims what goes.",
        "See on the contact sheet that nothing important is dimmed, or crop it to a square yourself.",
        also=("crop", "aspect", "ratio"),
    ),
)

IMAGE_RULES = (*IMAGE_WARNINGS, *IMAGE_ADVICE)
