"""A whole tree from the disk: what is taken, what is refused, and that everything is said in one run."""

import gc
import os
import random
import shutil
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.core.desired import Desired
from reconciler.core.kind import Kind
from reconciler.core.manifest.resolve import resolve
from reconciler.core.ref import Ref
from reconciler.files import manifest_reading
from reconciler.files.load import load
from reconciler.files.tree_listing import list_tree
from tests.files.conftest import DATASET, MODEL, PROJECT, Brand, Draw

POSES = Ref(Kind.DATASET, "lora-poses")


def dataset(**changes: str) -> str:
    """The dataset's manifest with some lines replaced by key."""
    lines = DATASET.splitlines()
    for key, value in changes.items():
        at = next(index for index, line in enumerate(lines) if line.strip().startswith(f"{key}:"))
        lines[at] = f"  {key}: {value}"
    return "\n".join(lines) + "\n"


def images_at(brand: Brand, path: str) -> None:
    brand.write("lora.yaml", f"{PROJECT}---\n{dataset(images=f'{{path: {path}}}')}")


def test_a_good_tree_is_desired(brand: Brand) -> None:
    desired = brand.resolve()
    assert [str(ref) for ref in desired.refs] == ["project/lora", "dataset/lora-poses", "model/lora-max"]
    poses = desired.datasets[POSES]
    assert str(poses.location) == "manifests/lora.yaml:11:1"
    assert [image.digest for image in poses.images] == sorted(image.digest for image in poses.images)
    assert sorted((image.name, image.path) for image in poses.images) == [
        (f"p{number}.png", f"images/p{number}.png") for number in range(5)
    ]
    assert all(image.has_content and image.caption is None for image in poses.images)
    assert desired.warnings == ()


def test_the_design_example_is_read_as_written(brand: Brand) -> None:
    brand.write(
        "lora.yaml",
        PROJECT
        + "---\n"
        + dataset(images='{path: images/, include: ["*.png"], increase_resolution: true}', captions="{source: sidecar}")
        + "---\n"
        + MODEL
        + "  description: ''\n  training_mode: expert\n  training_version: bria-3.2\n"
        + "  training: {start: true, rank: 128, learning_rate: 0.0001, total_training_steps: 1500}\n"
        + "  aliases: {production: a51be07, candidate: current}\n",
    )
    for number in range(5):
        brand.write(f"images/p{number}.txt", f"Pose {number}.\r\n")
    desired = brand.resolve()
    model = desired.models[Ref(Kind.MODEL, "lora-max")]
    assert model.parameters == (("learning_rate", 0.0001), ("rank", 128), ("total_training_steps", 1500))
    assert model.aliases == (("candidate", "current"), ("production", "a51be07"))
    assert (model.training_mode, model.training_version, model.policy.start) == ("expert", "bria-3.2", True)
    assert {image.name: image.caption for image in desired.datasets[POSES].images}["p3.png"] == "Pose 3."


def test_all_problems_of_a_tree_come_in_one_run(brand: Brand, draw: Draw) -> None:
    brand.write("a.yaml", "a: [1")
    brand.write("b.yaml", PROJECT.replace("lora", "other").replace("ip_type: defined_character", "ip_type: nothing"))
    brand.write("c/d.yml", DATASET.replace("lora-poses", "elsewhere").replace("project: lora", "project: lorra"))
    brand.write("images/p0.png", draw(seed=0)[:50])
    places = [(str(problem.location), problem.rule) for problem in brand.errors()]
    assert places == [
        ("manifests/a.yaml:1:6", "manifest-yaml"),
        ("manifests/b.yaml:9:12", "manifest-value"),
        ("manifests/c/d.yml:5:12", "manifest-reference"),
        ("manifests/c/d.yml:7:18", "images-folder-missing"),
        ("manifests/images/p0.png", "image-cut"),
    ]


def test_a_reference_to_a_manifest_with_faults_is_not_unknown(brand: Brand) -> None:
    broken = PROJECT.replace("ip_name: Lora", "ip_name: Lora\n  ip_name: Lora")
    brand.write("lora.yaml", f"{broken}---\n{DATASET}---\n3\n---\n{MODEL}  dataset: x\n")
    assert [problem.rule for problem in brand.errors()] == [
        "manifest-key-duplicate",
        "manifest-shape",
        "manifest-key-duplicate",
    ]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (DATASET.replace("kind: Dataset\n", ""), "manifest-kind-missing"),
        (DATASET.replace("kind: Dataset", "kind: Datset"), "manifest-kind"),
        (DATASET.replace("{name: lora-poses}", "{nam: lora-poses}"), "manifest-key"),
        (f"{DATASET}  x: [1", "manifest-yaml"),
        (f"{DATASET}  x: \x07", "manifest-encoding"),
        (f"{DATASET}{'#' * 1_000_001}", "manifest-size"),
    ],
)
def test_what_follows_from_a_manifest_that_cannot_be_read_is_not_told(brand: Brand, text: str, rule: str) -> None:
    """The model on the dataset is told nothing: its reference is sound once the dataset's manifest is."""
    brand.write("lora.yaml", f"{PROJECT}---\n{MODEL}")
    brand.write("poses.yaml", text)
    assert [problem.rule for problem in brand.errors()] == [rule]


@pytest.mark.parametrize("place", ["images/p0.png", "images/deep/p9.png"])
def test_nothing_is_told_of_the_caption_of_an_image_that_cannot_be_read(
    brand: Brand, tmp_path: Path, draw: Draw, place: str
) -> None:
    """A link that leads outside is the one problem: the image counts, and its caption has an image."""
    brand.write("lora.yaml", f"{PROJECT}---\n{dataset(captions='{source: sidecar}')}---\n{MODEL}")
    brand.write("images/p1.txt", "Pose 1.")
    brand.write(place.replace(".png", ".txt"), "Pose 0.")
    if place.startswith("images/deep"):
        brand.write("images/deep/p8.png", draw(seed=8))
    (tmp_path / "away.png").write_bytes(draw(seed=77))
    (brand.root / place).unlink(missing_ok=True)
    (brand.root / place).symlink_to(tmp_path / "away.png")
    (problem,) = brand.errors()
    assert (problem.rule, str(problem.location)) == ("path-refused", f"manifests/{place}")


def test_a_link_may_lead_to_what_is_referred_to(brand: Brand, tmp_path: Path) -> None:
    """The dataset stands outside the root, which is the one problem."""
    (tmp_path / "poses.yaml").write_text(DATASET)
    brand.write("lora.yaml", f"{PROJECT}---\n{MODEL}")
    (brand.root / "poses.yaml").symlink_to(tmp_path / "poses.yaml")
    assert [problem.rule for problem in brand.errors()] == ["path-refused"]


def test_a_root_that_is_not_there(tmp_path: Path) -> None:
    (problem,) = load(tmp_path / "nothing", cache=tmp_path / "c").problems
    assert problem.rule == "root-missing"
    assert problem.summary == "the manifest folder does not exist"


@pytest.mark.parametrize("place", ["lora.yaml", "brand/lora.yml"])
def test_the_current_folder_is_proposed_where_it_holds_manifests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """A person who stands in the manifest folder itself is told so; other YAML files are no reason."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "brand").mkdir()
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    (tmp_path / "away").symlink_to(tmp_path / "nowhere")
    (problem,) = load(Path("manifests"), cache=tmp_path / "c").problems
    assert problem.remedy.endswith("make one with `reconciler init`.")
    (tmp_path / place).write_text(PROJECT)
    (problem,) = load(Path("manifests"), cache=tmp_path / "c").problems
    assert problem.rule == "root-here"
    assert problem.detail == f'But the current folder holds manifests, such as "{place}".'
    assert "add `--root .`" in problem.remedy


@pytest.mark.parametrize(
    "content", [{}, {"notes.txt": "x"}, {"reconciler.yaml": "tier: pro"}, {"x.yaml": "# nothing\n"}]
)
def test_h86_no_manifests_is_an_error(empty: Brand, content: dict[str, str]) -> None:
    for name, text in content.items():
        empty.write(name, text)
    (problem,) = empty.errors()
    assert problem.rule == "manifest-none"
    assert str(problem.location) == "manifests"


def test_which_files_are_manifests(brand: Brand) -> None:
    for name in ("captions.yaml", "sub/captions.yaml", ".github/x.yaml", ".x.yaml", "reconciler.yaml", "x.yaml.bak"):
        brand.write(name, "not: [a manifest")
    assert brand.problems() == ()
    brand.write("sub/reconciler.yaml", "not: a manifest")
    assert brand.rules() == {"manifest-shape"}


def test_h10_a_tree_of_manifests_has_a_limit(brand: Brand) -> None:
    loaded = load(brand.root, cache=brand.cache, tree_bytes=100)
    assert [problem.rule for problem in loaded.problems] == ["tree-limit"]
    assert str(loaded.problems[0].location) == "manifests/lora.yaml"


def test_h10_a_tree_of_manifests_holds_so_many_values(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the bytes are few, what is read of them may be large. Nothing behind that is read, so nothing is known to be missing."""
    brand.write("dense.yaml", f"x: [{'1,' * 1000}1]")
    monkeypatch.setattr(manifest_reading, "TREE_VALUES", 1000)
    assert [(one.rule, one.location.path) for one in brand.errors() if one.rule != "manifest-shape"] == [
        ("tree-limit", "manifests/dense.yaml")
    ]
    monkeypatch.setattr(manifest_reading, "TREE_VALUES", 1200)
    assert brand.rules() == {"manifest-shape"}


def test_h10_a_huge_manifest_is_not_read(brand: Brand) -> None:
    with brand.write("huge.yaml", "").open("wb") as file:
        file.truncate(200_000_000)
    assert brand.rules() == {"manifest-size"}


def test_collecting_is_switched_on_again(brand: Brand) -> None:
    assert gc.isenabled()
    brand.load()
    assert gc.isenabled()
    gc.disable()
    try:
        brand.load()
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("../../..", "path-outside"),
        ("/etc", "path-outside"),
        ("'C:\\'", "path-outside"),
        ("C:images", "path-outside"),
        ("'\\\\host\\share'", "path-outside"),
        ("'~'", "path-outside"),
        ("~/images", "path-outside"),
        ("file:///etc", "path-outside"),
        ("https://a/b", "path-outside"),
        ('"images\\u202e"', "path-outside"),
        (".git", "path-outside"),
        ("images/.hidden", "path-outside"),
        ("images/../../images", "path-outside"),
        ("image", "images-folder-missing"),
        ("images/p0.png", "images-folder-missing"),
        ("nothing", "images-folder-missing"),
    ],
)
def test_h11_paths_that_cannot_be_used(brand: Brand, path: str, rule: str) -> None:
    images_at(brand, path)
    (problem,) = brand.errors()
    assert problem.rule == rule
    assert str(problem.location) == "manifests/lora.yaml:17:18"
    if path == "image":
        assert problem.remedy == 'Did you mean "images"?'


@pytest.mark.parametrize("path", ["images", "./images/", "sub/../images", "images//"])
def test_paths_inside_may_be_written_in_several_ways(brand: Brand, path: str) -> None:
    images_at(brand, path)
    assert len(brand.resolve().datasets[POSES].images) == 5


def test_the_root_itself_can_be_the_image_folder(brand: Brand) -> None:
    images_at(brand, ".")
    assert {image.name for image in brand.resolve().datasets[POSES].images} == {f"images/p{n}.png" for n in range(5)}


def test_a_path_counts_from_its_manifest(brand: Brand) -> None:
    (brand.root / "lora.yaml").unlink()
    brand.write("brands/lora.yaml", f"{PROJECT}---\n{dataset(images='{path: ../images}')}")
    assert len(brand.resolve().datasets[POSES].images) == 5


def test_h12_links_out_of_the_root_are_refused_and_tell_nothing(brand: Brand, draw: Draw) -> None:
    secret = brand.folder / "secret.png"
    secret.write_bytes(draw(seed=99))
    (brand.root / "images" / "x.png").symlink_to("../../secret.png")
    (brand.root / "images" / "y.png").symlink_to(secret)
    (brand.root / "images" / "z").symlink_to("../../..")
    problems = brand.errors()
    assert {problem.rule for problem in problems} == {"path-refused"}
    assert len(problems) == 3
    assert not any("secret" in f"{problem.detail}{problem.remedy}" for problem in problems)


def test_h14_a_link_inside_is_an_image_of_its_own_name(brand: Brand) -> None:
    (brand.root / "images" / "p4.png").rename(brand.root / "other.png")
    (brand.root / "images" / "linked.png").symlink_to("../other.png")
    assert "linked.png" in {image.name for image in brand.resolve().datasets[POSES].images}


def test_h16_a_fifo_among_the_images_does_not_block(brand: Brand) -> None:
    os.mkfifo(brand.root / "images" / "pipe.png")
    os.mkfifo(brand.root / "pipe.yaml")
    assert [problem.rule for problem in brand.errors()] == ["path-refused", "path-refused"]


@pytest.mark.parametrize("pattern", ["[", "{a,b}.png", "/etc/*", "../*.png", "a//b"])
def test_h17_bad_patterns_are_placed(brand: Brand, pattern: str) -> None:
    brand.write("lora.yaml", f"{PROJECT}---\n{dataset(images=f'{{path: images, include: [a.png, {pattern!r}]}}')}")
    (problem,) = brand.errors()
    assert problem.rule == "dataset-pattern"
    assert str(problem.location) == "manifests/lora.yaml:17:43"


def test_include_chooses_and_says_what_it_does_not_find(brand: Brand, draw: Draw) -> None:
    brand.write("images/deep/d.png", draw(seed=50))
    brand.write("images/big.JPG", draw("JPEG", seed=51))
    cases = {
        '["*.png"]': 5,
        '["**/*.png"]': 6,
        '["p[0-2].png", "deep/*"]': 4,
        '["*.JPG"]': 1,
    }
    for include, count in cases.items():
        brand.write("lora.yaml", f"{PROJECT}---\n{dataset(images=f'{{path: images, include: {include}}}')}")
        assert len(brand.resolve().datasets[POSES].images) == count
    brand.write("lora.yaml", f"{PROJECT}---\n{dataset(images='{path: images, include: [p0.png, x*.png]}')}")
    left_out, unmatched = brand.problems()
    assert (str(left_out.location), left_out.rule) == ("manifests/lora.yaml:17:35", "dataset-left-out")
    assert left_out.summary == "6 images are left out"
    assert str(unmatched.location) == "manifests/lora.yaml:17:44"
    images_at(brand, "images")
    assert len(brand.resolve().datasets[POSES].images) == 7


def test_h19_only_images_are_ever_taken_whatever_a_pattern_says(brand: Brand, draw: Draw) -> None:
    for name in (
        ".git/x.png",
        ".env",
        "images/.token.png",
        "images/plan.json",
        "images/key.pem",
        "images/x-masklabel.png",
    ):
        brand.write(name, draw(seed=60))
    brand.write("lora.yaml", f"{PROJECT}---\n" + dataset(images='{path: ., include: ["**"]}'))
    assert len(brand.resolve().datasets[POSES].images) == 5


def test_other_formats_are_not_left_out_in_silence(brand: Brand) -> None:
    for number in range(4):
        brand.write(f"images/scan{number}.heic", "x")
    (problem,) = brand.problems()
    assert problem.rule == "images-left-out"
    assert problem.summary == "4 files in other formats will not be used"


@pytest.mark.parametrize("name", ["CON.png", "aux.PNG", "a:b.png", "a*.png", "a .png", "a?.png", 'a".png', "a\u202eb.png", "a\nb.png", " a.png", os.fsdecode(b"caf\xe9.png"), "com1.x.png", "dir./a.png", "nul/a.png"])  # fmt: skip
def test_h20_h22_names_that_other_machines_cannot_hold(brand: Brand, draw: Draw, name: str) -> None:
    try:
        brand.write(f"images/{name}", draw(seed=70))
    except OSError:
        pytest.skip("this file system cannot hold the name either")
    expected = set() if name == "a .png" else {"name-portable"}
    assert {problem.rule for problem in brand.errors()} == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A.png", "a.png"),
        ("é.png", unicodedata.normalize("NFD", "é.png")),
        ("Sub/a.png", "sub/b.png/../a.png"),
        ("STRASSE.png", "straße.png"),
    ],
)
def test_h21_names_that_are_one_file_elsewhere(brand: Brand, draw: Draw, one: str, other: str) -> None:
    (brand.root / "images" / "sub" / "b.png").mkdir(parents=True)
    brand.write(f"images/{one}", draw(seed=80))
    brand.write(f"images/{other}", draw(seed=81))
    (problem,) = brand.errors()
    assert problem.rule == "name-clash"
    assert problem.detail.count('"') == 4


def test_names_are_compared_in_one_normal_form(brand: Brand, draw: Draw) -> None:
    brand.write(f"images/{unicodedata.normalize('NFD', 'é')}.png", draw(seed=82))
    image = next(image for image in brand.resolve().datasets[POSES].images if image.name.startswith("é"))
    assert image.path == f"images/{unicodedata.normalize('NFD', 'é')}.png"


def test_h23_one_label_for_two_images_is_accepted(brand: Brand, draw: Draw) -> None:
    brand.write("images/a/b.png", draw(seed=83))
    brand.write("images/a_b.png", draw(seed=84))
    brand.write("images/a_b.jpg", draw("JPEG", seed=85))
    assert brand.problems() == ()


def test_two_files_with_the_same_bytes_are_a_problem(brand: Brand, draw: Draw) -> None:
    brand.write("images/again.png", draw(seed=0))
    (problem,) = brand.errors()
    assert problem.rule == "image-double"
    assert str(problem.location) == "manifests/images/p0.png"
    assert '"images/again.png"' in problem.detail


def test_h26_another_suffix_is_a_warning_and_another_format_an_error(brand: Brand, draw: Draw) -> None:
    brand.write("images/j.png", draw("JPEG", seed=86))
    (warning,) = brand.problems()
    assert (warning.rule, warning.is_error) == ("image-suffix", False)
    brand.write("images/g.png", b"GIF89a")
    assert [problem.rule for problem in brand.errors()] == ["image-format"]


SIZES = [
    ((1, 1), True, "image-small", True),
    ((255, 255), True, "image-small", True),
    ((256, 256), True, "image-edge", False),
    ((257, 257), True, None, False),
    ((256, 20_000), True, "image-edge", False),
    ((200, 20_000), True, "image-edge", False),
    ((200, 300), True, "image-small", True),
    ((1023, 1023), False, "image-small", True),
    ((1024, 1024), False, "image-edge", False),
    ((1025, 1025), False, None, False),
    ((300, 300), False, "image-small", True),
]


@pytest.mark.parametrize(("size", "increase", "rule", "is_error"), SIZES)
def test_h33_sizes_are_judged_with_margin(
    brand: Brand, draw: Draw, size: tuple[int, int], increase: bool, rule: str | None, is_error: bool
) -> None:
    for number in range(5):
        brand.write(f"images/p{number}.png", draw(size=(1100, 1100), seed=number))
    brand.write("images/x.png", draw(size=size, seed=90))
    brand.write(
        "lora.yaml",
        f"{PROJECT}---\n{dataset(images=f'{{path: images, increase_resolution: {str(increase).lower()}}}')}",
    )
    found = [problem for problem in brand.problems() if problem.rule in {"image-small", "image-edge"}]
    assert [(problem.rule, problem.is_error) for problem in found] == ([(rule, is_error)] if rule else [])


def test_h33_small_images_are_counted_once(brand: Brand, draw: Draw) -> None:
    for number in range(3):
        brand.write(f"images/s{number}.png", draw(size=(800, 900), seed=100 + number))
    (problem,) = brand.problems()
    assert (problem.rule, problem.summary) == ("images-scaled", "3 images will be scaled up")
    assert str(problem.location) == "manifests/lora.yaml:17:18"


def test_h32_findings_are_warnings_at_the_file(brand: Brand, draw: Draw) -> None:
    brand.write("images/alpha.png", draw(mode="RGBA", seed=110))
    brand.write("images/long.png", draw(size=(3000, 1100), seed=111))
    brand.write("images/tail.png", draw(seed=112) + b"<html>")
    brand.write("images/cmyk.jpg", draw("JPEG", mode="CMYK", seed=113))
    assert [(str(problem.location), problem.rule, problem.is_error) for problem in brand.problems()] == [
        ("manifests/images/alpha.png", "image-alpha", False),
        ("manifests/images/cmyk.jpg", "image-cmyk", False),
        ("manifests/images/long.png", "image-crop", False),
        ("manifests/images/tail.png", "image-trailing", False),
    ]


def test_large_files_are_a_warning(brand: Brand, draw: Draw) -> None:
    brand.write("images/big.png", draw(seed=114) + b"x" * 13_000_000)
    assert brand.rules() == {"image-trailing", "image-bytes"}


def as_pointers(brand: Brand, desired: Desired) -> None:
    for image in desired.datasets[POSES].images:
        brand.write(
            image.path,
            f"version https://git-lfs.github.com/spec/v1\noid sha256:{image.digest}\nsize {image.size}\n",
        )


def test_h35_lfs_pointers_give_the_same_desired(brand: Brand, draw: Draw) -> None:
    brand.write("images/alpha.png", draw(mode="RGBA", seed=120))
    full = brand.resolve()
    as_pointers(brand, full)
    thin = brand.resolve()
    assert thin.warnings == ()
    assert not any(image.has_content for image in thin.datasets[POSES].images)

    def without_content(desired: Desired) -> Desired:
        poses = desired.datasets[POSES]
        images = tuple(replace(image, has_content=True) for image in poses.images)
        return replace(desired.updated(replace(poses, images=images)), warnings=())

    assert without_content(thin) == without_content(full)


def test_counts_of_images(brand: Brand, draw: Draw) -> None:
    shutil.rmtree(brand.root / "images")
    brand.write("images/readme.md", "x")
    assert [problem.rule for problem in brand.errors()] == ["dataset-count"]
    brand.write("lora.yaml", f"{PROJECT}---\n{DATASET}  status: draft\n")
    assert [(problem.rule, problem.is_error) for problem in brand.problems()] == [("dataset-count", False)]
    for number in range(201):
        brand.write(f"images/{number}.png", draw(size=(300, 300), seed=number))
    (problem,) = brand.errors()
    assert problem.summary == "more than 200 images"


def test_recommended_counts_depend_on_the_models(brand: Brand) -> None:
    (brand.root / "images" / "p0.png").unlink()
    (problem,) = brand.problems()
    assert (problem.rule, problem.is_error) == ("dataset-count-advised", False)
    assert problem.detail == "Bria recommends 5 to 50."
    brand.write("lora.yaml", f"{PROJECT}---\n{DATASET}---\n{MODEL}  training_version: light\n")
    assert brand.problems()[0].detail == "Bria recommends 15 to 100."
    brand.write("lora.yaml", f"{PROJECT}---\n{DATASET}---\n{MODEL}  training_mode: expert\n")
    assert brand.problems() == ()


def test_the_order_on_the_disk_does_not_matter(brand: Brand, draw: Draw, tmp_path: Path) -> None:
    for number in range(6):
        brand.write(f"b{number}.yaml", PROJECT.replace("lora", f"p{number}").replace("Branded", f"No {number}"))
    expected = brand.resolve()
    names = [path.relative_to(brand.root) for path in brand.root.rglob("*") if path.is_file()]
    for seed in range(3):
        random.Random(seed).shuffle(names)
        other = tmp_path / f"copy{seed}" / "manifests"
        for name in names:
            (other / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(brand.root / name, other / name)
        os.chdir(other.parent)
        assert resolve(load(Path("manifests"), cache=brand.cache)) == expected


def test_line_endings_of_the_checkout_do_not_matter(brand: Brand) -> None:
    brand.write("images/p0.txt", "a\nb\n")
    brand.write("lora.yaml", f"{PROJECT}---\n{dataset(captions='{source: sidecar}')}")
    expected = brand.resolve()
    for name in ("lora.yaml", "images/p0.txt"):
        path = brand.root / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert brand.resolve() == expected


def test_files_that_vanish_while_loading_are_problems(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    from reconciler.files import load as module

    def list_then_lose(tree: object) -> object:
        found = list_tree(tree)  # type: ignore[arg-type]
        (brand.root / "images" / "p0.png").unlink()
        (brand.root / "images" / "p1.png").unlink()
        (brand.root / "images" / "p1.png").symlink_to("/etc/passwd")
        return found

    monkeypatch.setattr(module, "list_tree", list_then_lose)
    assert [(str(problem.location), problem.rule) for problem in brand.errors()] == [
        ("manifests/images/p0.png", "path-refused"),
        ("manifests/images/p1.png", "path-refused"),
    ]


def test_h15_a_folder_that_becomes_a_link_while_loading(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    from reconciler.files import load as module

    def list_then_swap(tree: object) -> object:
        found = list_tree(tree)  # type: ignore[arg-type]
        (brand.root / "images").rename(brand.folder / "away")
        (brand.root / "images").symlink_to("../away")
        return found

    monkeypatch.setattr(module, "list_tree", list_then_swap)
    assert {problem.rule for problem in brand.errors()} == {"path-refused"}


def test_a_tree_with_only_absent_manifests_is_loaded_without_its_images(empty: Brand) -> None:
    texts = [text.replace("{name:", "{ensure: absent, name:") for text in (PROJECT, DATASET, MODEL)]
    empty.write("lora.yaml", "---\n".join(texts))
    assert empty.problems() == ()
    assert empty.load().folders == {}
    assert [str(ref) for ref in empty.resolve().absent] == ["project/lora", "dataset/lora-poses", "model/lora-max"]
