"""The rules about a dataset as a whole, and about waivers. What `validate` reports as well has the same id there."""

from reconciler.doctor.rule import Grade, Rule, Subject

DATASET_RULES = (
    Rule(
        id="dataset-count",
        title="no images, or more than 200",
        subject=Subject.DATASET,
        grade=Grade.ERROR,
        why="A basic dataset takes 1 to 200 images.",
        remedy="Put images into the folder, or leave some out with `include`.",
    ),
    Rule(
        id="dataset-count-advised",
        title="fewer or more images than Bria recommends",
        subject=Subject.DATASET,
        grade=Grade.WARNING,
        why="Bria recommends 5 to 50 images for training_version max, 15 to 100 for light. What counts is the version of "
        "each model that is declared on the dataset; without a model nothing is said.",
        remedy="Add or remove images, or train another version.",
        also=("number",),
    ),
    Rule(
        id="dataset-pattern",
        title="a pattern in `include` that cannot be used",
        subject=Subject.DATASET,
        grade=Grade.ERROR,
        why="Which images are meant cannot be told.",
        remedy='For example: "*.png", or "**/*.png" with all folders below.',
    ),
    Rule(
        id="dataset-pattern-unmatched",
        title="a pattern in `include` that no image fits",
        subject=Subject.DATASET,
        grade=Grade.WARNING,
        why="Patterns count from the image folder; * does not go into folders below, ** does.",
        remedy="Correct the pattern, or remove it.",
    ),
    Rule(
        id="images-folder-missing",
        title="no image folder",
        subject=Subject.DATASET,
        grade=Grade.ERROR,
        why="The folder that the manifest names does not exist; git keeps no empty folders.",
        remedy="Make the folder and put the images into it, or correct `images.path`.",
    ),
    Rule(
        id="images-left-out",
        title="images in formats that are not used",
        subject=Subject.DATASET,
        grade=Grade.WARNING,
        why="GIF, TIFF, HEIC and others lie in the folder and are passed over, because Bria does not take them.",
        remedy="Export them as PNG, JPEG or WebP, or take them out of the folder.",
        also=("heic", "tiff"),
    ),
    Rule(
        id="images-scaled",
        title="images that will be scaled up",
        subject=Subject.DATASET,
        grade=Grade.WARNING,
        why="Training uses 1024 by 1024 pixels. Smaller pictures are scaled up by Bria, and get softer on the way.",
        remedy="Use pictures of at least 1024 pixels on each side where there are any.",
        also=("resolution", "upscaled"),
    ),
    Rule(
        id="path-outside",
        title="an image folder outside the manifest folder",
        subject=Subject.DATASET,
        grade=Grade.ERROR,
        why="What is planned must lie in the folder that git watches, so a path cannot leave it.",
        remedy="Move the images below the manifest folder, and write the path relative to the manifest.",
    ),
    Rule(
        id="path-refused",
        title="a file that cannot be read",
        subject=Subject.DATASET,
        grade=Grade.ERROR,
        why="It may not be read by this user, is no regular file, or is a link that leaves the manifest folder.",
        remedy="Put the file itself there, or remove it.",
    ),
    Rule(
        id="images-unseen",
        title="images that are not here",
        subject=Subject.DATASET,
        grade=Grade.WARNING,
        why="Only the Git LFS pointers of these images are here. Planning works from them, but size, format and pixels "
        "cannot be judged.",
        remedy="Needs the image: `git lfs pull`, then run the doctor again.",
        also=("lfs",),
    ),
    Rule(
        id="images-alike",
        title="much of the same",
        subject=Subject.DATASET,
        grade=Grade.WARNING,
        why="At least a third of the images are almost the same as another one of the dataset. The model learns these few "
        "pictures by heart, and little about the subject.",
        remedy="Keep one of each, and add pictures that differ in pose, place and light.",
        needs_pixels=True,
        also=("diversity", "duplicate"),
    ),
    Rule(
        id="images-background",
        title="one background everywhere",
        subject=Subject.DATASET,
        grade=Grade.ADVICE,
        why="Nearly all images show the subject on one and the same plain colour. The model may take that colour for a part "
        "of the subject. Sets of icons are not told so: there it is the style.",
        remedy="Add a few pictures with other backgrounds, unless this one belongs to the brand.",
        needs_pixels=True,
        also=("diversity", "colour"),
    ),
    Rule(
        id="images-shared",
        title="images that another dataset holds too",
        subject=Subject.DATASET,
        grade=Grade.ADVICE,
        why="Two datasets of one project hold the same images, byte for byte. That can be meant, as for two training "
        "versions; it can also be a folder that was copied and never finished.",
        remedy="Nothing, if it is meant.",
        also=("duplicate",),
    ),
)

WAIVER_RULES = (
    Rule(
        id="waiver-wrong",
        title="a waiver that cannot be used",
        subject=Subject.WAIVER,
        grade=Grade.ERROR,
        why="It names a rule that does not exist or that cannot be waived, has no reason, a date that is none, or a pattern "
        "that cannot be used. What Bria would refuse cannot be waived.",
        remedy="Correct it, or remove it.",
    ),
    Rule(
        id="waiver-expired",
        title="a waiver whose time is over",
        subject=Subject.WAIVER,
        grade=Grade.WARNING,
        why="Its `until` has passed. It waives nothing any more, and what it waived is reported again.",
        remedy="Mend what it waived, or give it a new date.",
    ),
    Rule(
        id="waiver-unused",
        title="a waiver that waives nothing",
        subject=Subject.WAIVER,
        grade=Grade.ADVICE,
        why="Nothing was found that it could waive: it was mended, or a pattern fits no image.",
        remedy="Remove it.",
    ),
)
