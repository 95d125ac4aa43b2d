"""Which versions a gallery is looked at in, known from the manifest and the files alone."""

import pytest

from reconciler.core.gallery import Column
from reconciler.gallery.version import KnownVersions, chosen_versions, columns_of, known_versions, usual_versions
from tests.gallery import looks
from tests.gallery.looks import CASES, NEW, OLD

ALIASES = (("candidate", "current"), ("older", "v1"), ("production", "a51be07"))


def known(*aliases: tuple[str, str], current: str = NEW.fingerprint) -> KnownVersions:
    """Production has results of v2; of what the manifest describes, one too."""
    found = looks.results(looks.result(CASES[0]), looks.result(CASES[1]), looks.result(CASES[0], NEW))
    return known_versions(aliases or ALIASES, current, found)


def test_what_matters_is_what_aliases_name_and_what_the_manifest_describes() -> None:
    """The older ones first, as records number them; an alias of which nothing is here is said."""
    chosen = usual_versions(known())
    assert chosen.fingerprints == (OLD.fingerprint, NEW.fingerprint)
    assert chosen.unknown == ('older names "v1", of which nothing is here',)


def test_what_the_manifest_describes_is_shown_before_anything_is_drawn() -> None:
    """A whole fingerprint needs no result; it comes last, for no record gives it a number."""
    chosen = usual_versions(known(("production", OLD.fingerprint), ("next", "b" + "0" * 12), current="c" + "1" * 12))
    assert chosen.fingerprints == (OLD.fingerprint, "b" + "0" * 12, "c" + "1" * 12)
    assert chosen.unknown == ()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (("production",), (OLD.fingerprint,)),
        (("candidate", "production"), (NEW.fingerprint, OLD.fingerprint)),
        (("current",), (NEW.fingerprint,)),
        (("v2",), (OLD.fingerprint,)),
        (("af4", "v3", NEW.fingerprint), (NEW.fingerprint,)),
        (("all",), (OLD.fingerprint, NEW.fingerprint)),
    ],
)
def test_a_person_names_versions(wanted: tuple[str, ...], found: tuple[str, ...]) -> None:
    """By alias, number, digits, in that order, each once."""
    chosen = chosen_versions(known(), wanted)
    assert (chosen.fingerprints, chosen.unknown) == (found, ())


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("older", 'older names "v1", of which nothing is here'),
        ("a", '"a" fits af43611b7d40c and a51be07aa9c13'),
        ("produktion", '"produktion" is no alias of the model, and no result is of a version of that name'),
        ("v9", '"v9" is no alias of the model, and no result is of a version of that name'),
    ],
)
def test_what_is_not_here_is_said(wanted: str, why: str) -> None:
    """With the reason."""
    assert chosen_versions(known(), [wanted]).unknown == (why,)


def test_what_is_not_here_is_said_once() -> None:
    """However often it was asked for."""
    assert len(chosen_versions(known(), ["nope", "v9", "nope"]).unknown) == 2


def test_an_alias_may_be_called_all() -> None:
    """Then it is the alias."""
    assert chosen_versions(known(("all", "a51be07")), ["all"]).fingerprints == (OLD.fingerprint,)


def test_columns_have_the_names_of_their_version() -> None:
    """Declared checkpoints stand beside it, and one that is drawn although nobody declares it any more."""
    step = Column(OLD.fingerprint, 1500)
    found = known_versions(
        ALIASES, NEW.fingerprint, looks.results(looks.result(CASES[0]), looks.result(CASES[0], step))
    )
    columns = columns_of(looks.gallery(checkpoints=(500,)), found, [OLD.fingerprint, NEW.fingerprint])
    assert [one.column for one in columns] == [
        OLD, Column(OLD.fingerprint, 500), step, NEW, Column(NEW.fingerprint, 500),
    ]  # fmt: skip
    assert [(one.names, one.number) for one in columns] == [(("production",), 2)] * 3 + [
        (("candidate", "current"), None)
    ] * 2


def test_an_odd_number_in_a_record_is_no_number() -> None:
    """Not true, and no text."""
    found = looks.results(looks.result(CASES[0], record=looks.record(CASES[0], version=True)))
    assert known_versions((), NEW.fingerprint, found).numbers == {}


def test_the_record_of_another_version_tells_no_number() -> None:
    """It may lie beside a damaged picture."""
    found = looks.results(looks.result(CASES[0], NEW, record=looks.record(CASES[0], OLD)))
    assert known_versions((), NEW.fingerprint, found).numbers == {}
