"""Why each rule of the doctor matters, and what to do about a breach: two texts for each id of the table in `rules`."""

RULE_WORDS = {
    "dataset-count": (
        "A basic dataset takes 1 to 200 images, an advanced one up to 5,000.",
        "Put images into the folder, leave some out with `include`, or write `upload_type: advanced`.",
    ),
    "dataset-bytes": (
        "All images of an advanced dataset travel in one archive, and Bria takes 5 GB.",
        "Leave some out with `include`, make two datasets, or save the images as JPEG or WebP.",
    ),
    "dataset-increase-resolution": (
        "Bria scales images up only where they are uploaded one by one. Of an archive it leaves out every image below 1,024 pixels.",
        "Remove `increase_resolution`, or write `upload_type: basic`.",
    ),
    "dataset-archive-small": (
        "A dataset that takes an archive takes no image after it. Up to 200 images can be uploaded one by one, and others added later.",
        "Write `upload_type: basic`, unless many more are to come at once.",
    ),
    "dataset-archive-automatic": (
        "Bria's documents name large datasets together with `training_mode: expert`. Whether a fully automated training takes one is not documented.",
        "Train with `training_mode: expert`, or be ready for a refusal when the training starts.",
    ),
    "dataset-count-advised": (
        "Bria recommends 5 to 50 images for training_version max, 15 to 100 for light. What counts is the version of each model that is declared on the dataset; without a model nothing is said.",
        "Add or remove images, or train another version.",
    ),
    "dataset-pattern": (
        "Which images are meant cannot be told.",
        'For example: "*.png", or "**/*.png" with all folders below.',
    ),
    "dataset-pattern-unmatched": (
        "Patterns count from the image folder; * does not go into folders below, ** does.",
        "Correct the pattern, or remove it.",
    ),
    "dataset-left-out": (
        "A picture in another format, or one in a folder below, is easily forgotten by a pattern. It is not told where another dataset of the tree takes the image.",
        "Add a pattern to `include`, or take the images out of the folder.",
    ),
    "images-dvc": (
        "DVC keeps the images elsewhere, and only its pointer files lie here (`wave.png.dvc`, or `images.dvc` for a folder). An image is known by the SHA-256 of its bytes; a pointer has an MD5, so nothing can be planned from it.",
        "Run `dvc pull`, in CI too, before this tool.",
    ),
    "images-dvc-fewer": (
        "The pointer of a folder counts more files than are here, as after a pull that was broken off. What is missing would be taken for images that were removed.",
        "Run `dvc pull`. If files were removed on purpose, `dvc add` makes the pointer say so.",
    ),
    "images-folder-missing": (
        "The folder that the manifest names does not exist; git keeps no empty folders.",
        "Make the folder and put the images into it, or correct `images.path`.",
    ),
    "images-left-out": (
        "GIF, TIFF, HEIC and others lie in the folder and are passed over, because Bria does not take them.",
        "Export them as PNG, JPEG or WebP, or take them out of the folder.",
    ),
    "images-scaled": (
        "Training uses 1024 by 1024 pixels. Smaller pictures are scaled up by Bria, and get softer on the way.",
        "Use pictures of at least 1024 pixels on each side where there are any.",
    ),
    "path-outside": (
        "What is planned must lie in the folder that git watches, so a path cannot leave it.",
        "Move the images below the manifest folder, and write the path relative to the manifest.",
    ),
    "path-refused": (
        "It may not be read by this user, is no regular file, or is a link that leaves the manifest folder.",
        "Put the file itself there, or remove it.",
    ),
    "images-unseen": (
        "Only the Git LFS pointers of these images are here. Planning works from them, but size, format and pixels cannot be judged.",
        "Needs the image: `git lfs pull`, then run the doctor again.",
    ),
    "images-alike": (
        "At least a third of the images are almost the same as another one of the dataset. The model learns these few pictures by heart, and little about the subject.",
        "Keep one of each, and add pictures that differ in pose, place and light.",
    ),
    "images-background": (
        "Nearly all images show the subject on one and the same plain colour. The model may take that colour for a part of the subject. Sets of icons are not told so: there it is the style.",
        "Add a few pictures with other backgrounds, unless this one belongs to the brand.",
    ),
    "legacy-generation": (
        "Bria's page on generating with legacy models announced that it ends on 2026-07-01: with light, max, bria-2.3 and bria-3.2, which are the models of the prefix family. Managing and training them was not announced to end. It is said of the first dataset only, and once in a plan that trains such a model.",
        "Read docs/families.md before you train anew, or waive this.",
    ),
    "images-shared": (
        "Two datasets of one project hold the same images, byte for byte. That can be meant, as for two training versions; it can also be a folder that was copied and never finished.",
        "Nothing, if it is meant.",
    ),
    "image-format": (
        "Bria takes PNG, JPEG and WebP. What counts is what the file holds, not how it is named: a HEIC from a phone that was renamed to .jpg is still a HEIC.",
        "Export it as PNG, JPEG or WebP.",
    ),
    "image-pointer": (
        "The file looks like the small text that Git LFS keeps in place of an image, but it is not exactly one, so which image it stands for is unknown.",
        "Restore it with git, then run `git lfs pull`.",
    ),
    "image-cut": (
        "The file ends in the middle of the picture, as after a download or copy that was broken off. Viewers often show it all the same, with a grey part.",
        "Export it again, or restore it from git.",
    ),
    "image-damaged": (
        "The parts of the file contradict each other or their checksums. Whatever a viewer shows, Bria may see something else, or refuse it.",
        "Export it again, or restore it from git.",
    ),
    "image-animated": (
        "A training image is a still picture; which frame of an animation would be meant is unknown.",
        "Save the frame you want as a still image.",
    ),
    "image-many": (
        "Some cameras store a second picture, or a depth map, inside a JPEG. Which one would be trained on is unknown.",
        "Save the picture you want as a plain JPEG or PNG.",
    ),
    "image-pixels": (
        "Pictures beyond 120 million pixels, or 65,535 on a side, are not opened: such sizes are more often a trick or a fault than a photograph. Training uses 1024 by 1024.",
        "Export it smaller.",
    ),
    "image-small": (
        "Bria needs at least 256 pixels on each side where it may scale images up, and 1,024 where it may not (`increase_resolution: false`).",
        "Use a larger picture.",
    ),
    "image-double": (
        "Two files are equal byte for byte. An image is known by its content, so a dataset cannot hold it twice; and a picture that is seen twice as often weighs twice as much.",
        "Remove one of them.",
    ),
    "name-portable": (
        "Names such as `aux.png`, or with a colon or an invisible character, cannot be checked out on every system, and a colleague would see another set of images.",
        "Rename it, with letters, digits, hyphens and underscores.",
    ),
    "name-clash": (
        "On Windows and macOS `Wave.png` and `wave.png` are one file: one of the two images would vanish there.",
        "Rename one of them.",
    ),
    "image-edge": (
        "Whether the smallest size itself is still taken, and which side counts, is not documented. A few pixels more and there is no doubt.",
        "Use a slightly larger picture.",
    ),
    "image-crop": (
        "Bria scales the shorter side to 1,024 and keeps the square in the middle. Of a picture more than twice as long as wide, more than half is thrown away, often with the subject's head or feet.",
        "Crop it to a square yourself, around what matters.",
    ),
    "image-alpha": (
        "Bria turns transparent parts black. A product cut out on nothing becomes a product on black, and a dark subject disappears in it. Where the pixels can be read, only images that really have clear parts are listed.",
        "Put it on a background of your choice and export it without transparency.",
    ),
    "image-bilevel": (
        "Each pixel is either black or white, with no grey between: a fax, a scan of line art, or a mask among the images by mistake.",
        "Export it in grey or colour, or leave it out.",
    ),
    "image-cmyk": (
        "CMYK is made for print. On the way to RGB its colours shift, and every program shifts them in its own way, so the brand's colours may not be those that are learned.",
        "Export it as RGB (sRGB).",
    ),
    "image-deep": (
        "It is reduced to 8 bits. Some programs cut the lower bits off, others read such a picture far too bright.",
        "Export it with 8 bits a colour.",
    ),
    "image-located": (
        "The file's metadata hold the place where the photograph was taken (GPS), and the file is uploaded as it is: with a photographer's home, or a place that is not announced yet.",
        "Export it without metadata.",
    ),
    "image-rotated": (
        "The camera noted how the picture is to be turned instead of turning it. Viewers follow the note; whether Bria does is not documented, so it may be trained lying on its side.",
        "Export it upright.",
    ),
    "image-trailing": (
        "Something follows behind the picture: a video clip of a phone, or leftovers of a program. It is uploaded too.",
        "Export it again.",
    ),
    "image-bytes": (
        "Other operations of Bria refuse files above 12 MB; for training images no limit is documented.",
        "Export it as JPEG of high quality, or smaller; training uses 1024 by 1024.",
    ),
    "image-suffix": (
        "The name says one format and the file is another. It is uploaded under its own name.",
        "Give it the suffix of what it is.",
    ),
    "image-unreadable": (
        "The file is whole, but its pixels could not be decoded here. Other programs will have trouble as well.",
        "Export it again, or restore it from git.",
    ),
    "image-blank": (
        "There is hardly anything in the picture: the brightness varies by less than 4 of 255 (standard deviation). A blank export, a lens cap, or white on white.",
        "Look at it; leave it out if there is nothing to learn from.",
    ),
    "image-blurred": (
        "Even the sharpest edges are soft. A model learns softness like everything else. Measured by blurring the picture once more and seeing how little that changes, on the square that is trained on; a soft drawing or a picture that is nothing but a gradient can be taken for blurred.",
        "Use a sharper picture, unless softness is the style.",
    ),
    "image-alike": (
        "Two pictures are the same but for compression, size, brightness or a small crop. What is seen twice as often weighs twice as much, and the model repeats it instead of learning the subject. Compared are the square in the middle, as a fingerprint of 128 bits and, where that is close, in 256 fields of colour.",
        "Keep the better of the two.",
    ),
    "image-padded": (
        "Bars above and below, or left and right, belong to the square that is trained on, and the model learns to draw them. Or the picture is another one of the dataset with a border around it, and weighs twice. Told are bars with straight edges that the whole picture sets off from, 3 % of a side or more each; a thing on a plain ground has no such edge, and is told only beside a copy with less ground around it.",
        "Cut the bars or the border off; keep one of two copies.",
    ),
    "image-mask": (
        "Black and white areas without colour or grey, or one colour whose shape is in its transparency: that is how programs note where something is, and exports put such files beside the pictures. A drawing in thin lines is not told so, and neither is anything where most images of the dataset are black and white, unless it is named after another image, as `wave-mask.png`.",
        "Take it out of the folder, or leave it out with `include`.",
    ),
    "image-cropped": (
        "Only the square in the middle is kept. Up to 4:3 that costs a quarter of the picture at most; of a 3:2 photograph a third goes, of 16:9 nearly half. The contact sheet dims what goes.",
        "See on the contact sheet that nothing important is dimmed, or crop it to a square yourself.",
    ),
    "dataset-caption-prefix-missing": (
        "Every caption continues the prefix. It is written down and never left to a default, because two accounts could otherwise mean two things by one manifest.",
        "Write caption_prefix, or let Bria propose one: `reconciler guide NAME`.",
    ),
    "dataset-guide-double": (
        "Captions follow a text or a JSON document. With both, nobody could say which of them counts.",
        "Keep one of caption_prefix, visual_schema and visual_schema_file.",
    ),
    "dataset-schema": (
        "The schema is sent as one JSON object of at most 64 KiB. What is no such object, the API would refuse.",
        "Correct it: a JSON object that says what captions tell.",
    ),
    "dataset-schema-file": (
        "The manifest names a file below the manifest folder that holds the schema as JSON.",
        "Correct the path, or put the file there.",
    ),
    "dataset-family": (
        "A project holds datasets of one family only: with a caption_prefix, or with a visual_schema.",
        "Correct `family` of the project, or put the dataset into a project of its own.",
    ),
    "prefix-control": (
        "It cannot be seen, and would be sent.",
        "Remove it.",
    ),
    "prefix-hidden": (
        "It came with copied text, and is part of what the model is told.",
        "Remove it, unless the language needs it.",
    ),
    "prefix-long": (
        "At most 5,000 characters are taken; a good prefix is one phrase.",
        "Shorten it to a phrase.",
    ),
    "prefix-name": (
        "The name (`ip_name` of the project) is the word by which people will ask for the character later. Where the prefix does not hold it, no caption ties the word to what is seen.",
        "Write the name into caption_prefix.",
    ),
    "prefix-description": (
        "The project describes the subject (`ip_description`), and the prefix says something else: usually one of the two was edited and the other forgotten. Bria writes the description into the prefix once, when a dataset is made, and never again.",
        "Bring the two in line, or waive this rule where the wording differs on purpose.",
    ),
    "prefix-end": (
        "Captions continue the prefix: `…, a girl with purple hair,` + `waving on a meadow.` After a full stop they cannot. The prefixes that Bria writes end with a comma.",
        "End it with a comma.",
    ),
    "caption-none": (
        "The manifest says that captions lie beside the images or in a file, and none was found.",
        "Write them, pull what Bria wrote with `reconciler captions pull`, or use `source: automatic`.",
    ),
    "caption-empty": (
        "An empty file is more often forgotten than meant, and the model would be told nothing about the picture.",
        "Write a text, or remove it; then the image keeps the caption that it has at Bria.",
    ),
    "caption-json": (
        "Under a visual_schema each caption is a JSON object itself. The API refuses a plain text.",
        "Write keys with values, such as: {subject: a girl, action: waving}.",
    ),
    "caption-family": (
        "Under a caption_prefix each caption is a text that continues the prefix.",
        "Write the text of the caption.",
    ),
    "caption-control": (
        "It cannot be seen, and would be sent.",
        "Remove it.",
    ),
    "caption-long": (
        "This is a document, not a caption; it is not sent.",
        "Shorten it to a sentence or two.",
    ),
    "caption-double": (
        "Which of the two is meant cannot be told.",
        "Keep one of the two.",
    ),
    "caption-ambiguous": (
        "`wave.txt` beside `wave.png` and `wave.jpg` could belong to either.",
        "Rename one of the images, or write the name with its suffix.",
    ),
    "caption-ownerless": (
        "The image was renamed or removed, and its text was left behind; or the name has a slip of the pen, or a folder too much, and an image goes without its caption.",
        "Remove it, or add the image.",
    ),
    "caption-two-files": (
        "Which of them holds the captions cannot be told.",
        "Keep one of them.",
    ),
    "caption-file": (
        "The file holds no names with texts: it is one JSON list, say, or its columns are separated by semicolons, or none of them is called text or caption.",
        'Write one line for each image: wave.png: "waving with both arms."',
    ),
    "caption-text": (
        "Beside the image's name stands a number, a list or nothing.",
        "Write the text in double quotes, or remove the line.",
    ),
    "caption-line": (
        "Each line says the `file_name` of one image, and its `text` or `caption`.",
        "Correct the line, or remove it.",
    ),
    "manifest-encoding": (
        "Saved in another encoding, letters such as é and ü would arrive as other letters.",
        "Save it as UTF-8.",
    ),
    "text-pointer": (
        "The captions themselves are not here.",
        "Fetch them with `git lfs pull`, or take texts out of LFS in .gitattributes.",
    ),
    "caption-missing": (
        "The manifest says that people write the captions, and this image has none. It keeps the caption that it has at Bria; a new image gets an automatic one.",
        "Write one, or pull what Bria wrote with `reconciler captions pull`.",
    ),
    "caption-unused": (
        "Captions are automatic here, and files with captions lie there all the same.",
        "Write `captions: {source: sidecar}`, or `{source: file}`, to use them, or remove them.",
    ),
    "caption-hidden": (
        "It came with copied text, and is part of what the model is told.",
        "Remove it, unless the language needs it.",
    ),
    "caption-lines": (
        "All lines are sent as one text. Often the second line is a note that nobody meant to send.",
        "Write it on one line.",
    ),
    "caption-prefix": (
        "The prefix stands before every caption already; the model would be told twice.",
        "Remove the prefix from the caption.",
    ),
    "caption-subject": (
        "A caption continues the prefix, so it needs no subject of its own: after `…a girl with purple hair,` comes `waving on a meadow.`, not `She is waving` and not `A photo of Lora waving`.",
        "Begin with what happens: `waving on a meadow.`",
    ),
    "caption-same": (
        "Where pictures differ and their texts do not, the model is told that the difference does not matter.",
        "Say in each what is seen in it.",
    ),
    "caption-mojibake": (
        "`cafÃ©` was `café` once: the text was saved in one encoding and read in another, and is valid UTF-8 now.",
        "Correct the letters.",
    ),
    "caption-start": (
        "A caption continues the prefix in the middle of a sentence; those that Bria writes begin in lower case. Names and abbreviations are capitals all the same.",
        "Begin it in lower case, unless the word is a name.",
    ),
    "caption-end": (
        "The captions that Bria writes end with one. What is trained alike is understood alike.",
        "End it with a full stop.",
    ),
    "caption-brief": (
        "What a caption does not name, the model takes for a part of the subject: pose, clothes, place and light should be said.",
        "Say what is seen: what happens, where, and what is around.",
    ),
    "caption-wordy": (
        "The longer the text, the less each word weighs. No limit is documented; Bria's own captions are one sentence.",
        "Shorten it to what can be seen.",
    ),
    "caption-repeats": (
        "What never changes stands in the prefix, once. Said again in a caption it looks like something that could be otherwise in the next picture.",
        "Remove the words from the caption.",
    ),
    "caption-constant": (
        "Captions say what differs from picture to picture. What is the same everywhere belongs in the prefix; or it should not be the same everywhere.",
        "Move the words into caption_prefix, and regenerate or shorten the captions.",
    ),
    "waiver-wrong": (
        "It names a rule that does not exist or that cannot be waived, has no reason, a date that is none, or a pattern that cannot be used. What Bria would refuse cannot be waived.",
        "Correct it, or remove it.",
    ),
    "waiver-expired": (
        "Its `until` has passed. It waives nothing any more, and what it waived is reported again.",
        "Mend what it waived, or give it a new date.",
    ),
    "waiver-unused": (
        "Nothing was found that it could waive: it was mended, or a pattern fits no image.",
        "Remove it.",
    ),
}
"""`(why, what to do)` by the id of the rule."""

_NO_SENTENCE = "A JSON caption is no sentence and continues nothing."

PREFIX_ONLY = {
    "legacy-generation": "The end was announced for models of the prefix family only.",
    "caption-prefix": _NO_SENTENCE,
    "caption-lines": "In a JSON document line ends between its parts mean nothing.",
    "caption-subject": _NO_SENTENCE,
    "caption-start": _NO_SENTENCE,
    "caption-end": _NO_SENTENCE,
    "caption-wordy": "A schema asks for many fields, so JSON captions are longer by nature.",
    "caption-repeats": "A JSON caption has to say again what its schema asks for.",
    "caption-constant": "What is the same in all JSON captions comes from their schema.",
}
"""Rules about captions that find nothing under a schema, and why."""
