"""The rules about the prefix of a dataset. What `validate` reports as well has the same id there."""

from reconciler.doctor.rule import Grade, Rule, Subject


def _prefix(id_: str, grade: Grade, title: str, why: str, remedy: str, *also: str) -> Rule:
    return Rule(id=id_, title=title, subject=Subject.PREFIX, grade=grade, why=why, remedy=remedy, also=also)


PREFIX_RULES = (
    _prefix(
        "dataset-caption-prefix-missing",
        Grade.ERROR,
        "no caption_prefix",
        "Every caption continues the prefix. It is written down and never left to a default, because two accounts "
        "could otherwise mean two things by one manifest.",
        "Write caption_prefix, or let Bria propose one: `reconciler prefix NAME`.",
    ),
    _prefix(
        "prefix-control",
        Grade.ERROR,
        "a control character in the prefix",
        "It cannot be seen, and would be sent.",
        "Remove it.",
    ),
    _prefix(
        "prefix-hidden",
        Grade.WARNING,
        "an invisible character in the prefix",
        "It came with copied text, and is part of what the model is told.",
        "Remove it, unless the language needs it.",
    ),
    _prefix(
        "prefix-long",
        Grade.ERROR,
        "a prefix that is too long",
        "At most 5,000 characters are taken; a good prefix is one phrase.",
        "Shorten it to a phrase.",
    ),
    _prefix(
        "prefix-name",
        Grade.WARNING,
        "the character's name is not in the prefix",
        "The name (`ip_name` of the project) is the word by which people will ask for the character later. Where the "
        "prefix does not hold it, no caption ties the word to what is seen.",
        "Write the name into caption_prefix.",
        "trigger",
        "ip_name",
    ),
    _prefix(
        "prefix-description",
        Grade.WARNING,
        "words of ip_description are not in the prefix",
        "The project describes the subject (`ip_description`), and the prefix says something else: usually one of the "
        "two was edited and the other forgotten. Bria writes the description into the prefix once, when a dataset is "
        "made, and never again.",
        "Bring the two in line, or waive this rule where the wording differs on purpose.",
        "ip_description",
    ),
    _prefix(
        "prefix-end",
        Grade.ADVICE,
        "a prefix that ends a sentence",
        "Captions continue the prefix: `…, a girl with purple hair,` + `waving on a meadow.` After a full stop they "
        "cannot. The prefixes that Bria writes end with a comma.",
        "End it with a comma.",
    ),
)
