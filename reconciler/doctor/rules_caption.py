"""The rules about captions. What `validate` reports as well has the same id there."""

from reconciler.doctor.rule import Grade, Rule, Subject


def _caption(grade: Grade, id_: str, title: str, why: str, remedy: str, *also: str) -> Rule:
    return Rule(id=id_, title=title, subject=Subject.CAPTION, grade=grade, why=why, remedy=remedy, also=also)


CAPTION_ERRORS = (
    _caption(
        Grade.ERROR,
        "caption-none",
        "no caption at all",
        "The manifest says that captions lie beside the images or in a file, and none was found.",
        "Write them, pull what Bria wrote with `reconciler captions pull`, or use `source: automatic`.",
    ),
    _caption(
        Grade.ERROR,
        "caption-empty",
        "an empty caption",
        "An empty file is more often forgotten than meant, and the model would be told nothing about the picture.",
        "Write a text, or remove it; then the image keeps the caption that it has at Bria.",
    ),
    _caption(
        Grade.ERROR,
        "caption-control",
        "a control character in a caption",
        "It cannot be seen, and would be sent.",
        "Remove it.",
    ),
    _caption(
        Grade.ERROR,
        "caption-long",
        "a caption beyond 5,000 characters",
        "This is a document, not a caption; it is not sent.",
        "Shorten it to a sentence or two.",
    ),
    _caption(
        Grade.ERROR,
        "caption-double",
        "two captions for one image",
        "Which of the two is meant cannot be told.",
        "Keep one of the two.",
    ),
    _caption(
        Grade.ERROR,
        "caption-ambiguous",
        "a caption that fits two images",
        "`wave.txt` beside `wave.png` and `wave.jpg` could belong to either.",
        "Rename one of the images, or write the name with its suffix.",
    ),
    _caption(
        Grade.ERROR,
        "caption-ownerless",
        "a caption without an image",
        "The image was renamed or removed, and its text was left behind; or the name has a slip of the pen, and an "
        "image goes without its caption.",
        "Remove it, or add the image.",
        "sidecar",
        "orphan",
    ),
    _caption(
        Grade.ERROR,
        "caption-two-files",
        "captions.yaml and metadata.jsonl in one folder",
        "Which of the two holds the captions cannot be told.",
        "Keep one of them.",
    ),
    _caption(
        Grade.ERROR,
        "caption-file",
        "a caption file of another shape",
        "The file holds no names with texts.",
        'Write one line for each image: wave.png: "waving with both arms."',
    ),
    _caption(
        Grade.ERROR,
        "caption-text",
        "a caption that is no text",
        "Beside the image's name stands a number, a list or nothing.",
        "Write the text in double quotes, or remove the line.",
    ),
    _caption(
        Grade.ERROR,
        "caption-line",
        "a line of metadata.jsonl that cannot be read",
        "Each line is one object with `file_name` and `text`.",
        "Correct the line, or remove it.",
    ),
    _caption(
        Grade.ERROR,
        "manifest-encoding",
        "a text that is not UTF-8",
        "Saved in another encoding, letters such as é and ü would arrive as other letters.",
        "Save it as UTF-8.",
        "encoding",
    ),
    _caption(
        Grade.ERROR,
        "text-pointer",
        "only the Git LFS pointer of a text",
        "The captions themselves are not here.",
        "Fetch them with `git lfs pull`, or take texts out of LFS in .gitattributes.",
        "lfs",
    ),
)

CAPTION_WARNINGS = (
    _caption(
        Grade.WARNING,
        "caption-missing",
        "an image without its caption",
        "The manifest says that people write the captions, and this image has none. It keeps the caption that it has "
        "at Bria; a new image gets an automatic one.",
        "Write one, or pull what Bria wrote with `reconciler captions pull`.",
        "sidecar",
        "uncaptioned",
    ),
    _caption(
        Grade.WARNING,
        "caption-unused",
        "caption files that are not used",
        "Captions are automatic here, and text files lie beside the images all the same.",
        "Write `captions: {source: sidecar}` to use them, or remove them.",
        "sidecar",
    ),
    _caption(
        Grade.WARNING,
        "caption-hidden",
        "an invisible character in a caption",
        "It came with copied text, and is part of what the model is told.",
        "Remove it, unless the language needs it.",
    ),
    _caption(
        Grade.WARNING,
        "caption-lines",
        "a caption of several lines",
        "All lines are sent as one text. Often the second line is a note that nobody meant to send.",
        "Write it on one line.",
    ),
    _caption(
        Grade.WARNING,
        "caption-prefix",
        "a caption that repeats the prefix",
        "The prefix stands before every caption already; the model would be told twice.",
        "Remove the prefix from the caption.",
    ),
    _caption(
        Grade.WARNING,
        "caption-subject",
        "a caption that begins anew",
        "A caption continues the prefix, so it needs no subject of its own: after `…a girl with purple hair,` comes "
        "`waving on a meadow.`, not `She is waving` and not `A photo of Lora waving`.",
        "Begin with what happens: `waving on a meadow.`",
        "continuation",
    ),
    _caption(
        Grade.WARNING,
        "caption-same",
        "one caption for several images",
        "Where pictures differ and their texts do not, the model is told that the difference does not matter.",
        "Say in each what is seen in it.",
        "duplicate",
    ),
    _caption(
        Grade.WARNING,
        "caption-mojibake",
        "letters that were mangled on the way",
        "`cafÃ©` was `café` once: the text was saved in one encoding and read in another, and is valid UTF-8 now.",
        "Correct the letters.",
        "encoding",
    ),
)

CAPTION_ADVICE = (
    _caption(
        Grade.ADVICE,
        "caption-start",
        "a caption that begins with a capital",
        "A caption continues the prefix in the middle of a sentence; those that Bria writes begin in lower case. Names "
        "and abbreviations are capitals all the same.",
        "Begin it in lower case, unless the word is a name.",
        "capital",
    ),
    _caption(
        Grade.ADVICE,
        "caption-end",
        "a caption without a full stop",
        "The captions that Bria writes end with one. What is trained alike is understood alike.",
        "End it with a full stop.",
        "period",
    ),
    _caption(
        Grade.ADVICE,
        "caption-brief",
        "a caption of one or two words",
        "What a caption does not name, the model takes for a part of the subject: pose, clothes, place and light "
        "should be said.",
        "Say what is seen: what happens, where, and what is around.",
        "short",
    ),
    _caption(
        Grade.ADVICE,
        "caption-wordy",
        "a caption of more than 60 words",
        "The longer the text, the less each word weighs. No limit is documented; Bria's own captions are one sentence.",
        "Shorten it to what can be seen.",
        "long",
    ),
    _caption(
        Grade.ADVICE,
        "caption-repeats",
        "a caption that says again what the prefix says",
        "What never changes stands in the prefix, once. Said again in a caption it looks like something that could "
        "be otherwise in the next picture.",
        "Remove the words from the caption.",
        "constant",
    ),
    _caption(
        Grade.ADVICE,
        "caption-constant",
        "words that stand in nearly every caption",
        "Captions say what differs from picture to picture. What is the same everywhere belongs in the prefix; or it "
        "should not be the same everywhere.",
        "Move the words into caption_prefix, and regenerate or shorten the captions.",
        "vary",
    ),
)

CAPTION_RULES = (*CAPTION_ERRORS, *CAPTION_WARNINGS, *CAPTION_ADVICE)
