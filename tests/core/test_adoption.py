"""What people made by hand, as git knows it: names of objects and images, copies, clones, and what is left as it is."""

from dataclasses import replace

from reconciler.core.adoption import Adopted, AdoptedImage, Adoption, Compared
from reconciler.core.live import DatasetStatus, ModelStatus, RemoteDataset, RemoteImage, RemoteModel
from reconciler.core.name import image_key, parse_image_key
from reconciler.core.ref import parse_ref

FINGERPRINT = "a0123456789ab"
ONE, TWO, THREE = ("1" * 64, "2" * 64, "3" * 64)


def entry(*images: AdoptedImage) -> Adopted:
    """An adopted dataset."""
    ref = parse_ref("dataset/poses")
    return Adopted(ref=ref, account=1, project=1, id=20, fingerprint=FINGERPRINT, images=images)


def row(name: str, digest: str = "", *, id_: int | None = None) -> AdoptedImage:
    """One of its images, which is taken for a file of the same name."""
    compared = Compared.NAME if digest else Compared.NOTHING
    return AdoptedImage(name=name, file=name if digest else "", digest=digest, compared=compared, id=id_)


def live(*names: str, id_: int = 20, name: str = "My poses", **fields: object) -> RemoteDataset:
    """A completed dataset with images of these names."""
    images = tuple(RemoteImage(id=number, image_name=one) for number, one in enumerate(names, 1))
    made = RemoteDataset(
        id=id_, name=name, status=DatasetStatus.COMPLETED, project_id=1, images=images, images_count=len(images)
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def keys(dataset: RemoteDataset) -> list[str | None]:
    """The keys of its images."""
    return [parse_image_key(image.image_name) for image in dataset.images or ()]


ADOPTION = Adoption({parse_ref("dataset/poses"): entry(row("1.png", ONE), row("2", TWO))})


def test_an_adopted_dataset_is_the_first_version_of_its_manifest() -> None:
    """It remembers the names that people gave."""
    known = ADOPTION.dataset(live("1.png", "2"))
    assert known.name == f"poses v1 ({FINGERPRINT})"
    assert known.adopted_from == "My poses"
    assert keys(known) == [image_key(ONE), image_key(TWO)]
    assert [image.adopted_from for image in known.images or ()] == ["1.png", "2"]


def test_a_name_of_ours_stays() -> None:
    """It was renamed by an apply, or a later run works on a draft."""
    for name in (f"poses v1 ({FINGERPRINT})", "poses v1 draft a0123456789ab 3f2a"):
        known = ADOPTION.dataset(live("1.png", "2", name=name))
        assert known.name == known.adopted_from == name


def test_an_open_draft_is_known_as_one() -> None:
    known = ADOPTION.dataset(live("1.png", "2", status=DatasetStatus.DRAFT))
    assert known.name == f"poses v1 draft {FINGERPRINT} 0000"


def test_other_projects_and_other_objects_are_left_alone() -> None:
    """Also a model of the same number."""
    for one in (
        live("1.png", project_id=2),
        live("1.png", id_=21),
        live("1.png", id_=21, name="other v1 (a0123456789ab)"),
    ):
        assert ADOPTION.dataset(one) is one
    model = RemoteModel(id=20, name="My model", status=ModelStatus.COMPLETED, project_id=1)
    assert ADOPTION.model(model) is model


def test_images_of_later_versions_keep_their_identity_by_their_names() -> None:
    """A clone keeps names; what we uploaded has its own."""
    ours = f"new.{image_key(THREE)}.png"
    known = ADOPTION.dataset(
        live("2", "1.png", ours, "stranger.png", id_=21, name="poses v2 draft a0123456789ab 3f2a of v1")
    )
    assert keys(known) == [image_key(TWO), image_key(ONE), image_key(THREE), None]
    assert known.adopted_from is None


def test_one_picture_twice_counts_once_in_what_is_frozen() -> None:
    """In a draft, both are there to see, and the plan removes one."""
    adoption = Adoption({entry().ref: entry(row("mug.png", ONE), row("mug copy.png", ONE))})
    frozen = live("mug.png", "mug copy.png")
    assert keys(adoption.dataset(frozen)) == [image_key(ONE)]
    assert adoption.dataset(frozen).images_count == 1
    assert adoption.dataset(replace(frozen, images=None)).images_count == 1
    assert keys(adoption.dataset(replace(frozen, status=DatasetStatus.DRAFT))) == [image_key(ONE)] * 2


def test_images_of_one_name_are_told_apart_by_their_ids_in_the_adopted_dataset_alone() -> None:
    """A clone has other ids, so they carry no identity there."""
    shared = entry(row("image.png", ONE, id_=2), row("image.png", TWO, id_=1), row("plate.png", THREE))
    adoption = Adoption({shared.ref: shared})
    assert keys(adoption.dataset(live("image.png", "image.png", "plate.png"))) == [
        image_key(TWO),
        image_key(ONE),
        image_key(THREE),
    ]
    clone = live("image.png", "image.png", "plate.png", id_=21, name="poses v2 draft a0123456789ab 3f2a of v1")
    assert keys(adoption.dataset(clone)) == [None, None, image_key(THREE)]


def test_what_git_has_no_file_for_is_told_apart_from_every_file() -> None:
    """By its name, whatever that is."""
    names = ["", "/", "..", "a/b.png", "x" * 300]
    unknown = entry(*(row(name) for name in names))
    found = keys(Adoption({unknown.ref: unknown}).dataset(live(*names)))
    assert None not in found
    assert len(set(found)) == len(names)


def test_a_model_is_known_by_its_entry() -> None:
    ref = parse_ref("model/hero")
    adoption = Adoption(
        {ref: Adopted(ref=ref, account=1, project=1, id=30, fingerprint=FINGERPRINT, dataset=FINGERPRINT)}
    )
    known = adoption.model(RemoteModel(id=30, name="final 2", status=ModelStatus.COMPLETED))
    assert (known.name, known.adopted_from) == (f"hero v1 ({FINGERPRINT})", "final 2")
