"""Caption files as other tools write them, and the one problem that a cause makes."""

import json

import pytest

from reconciler.core.problem import Problem
from tests.files.caption.test_reading import captions, source
from tests.files.conftest import Brand, Draw


@pytest.fixture
def filed(brand: Brand, draw: Draw) -> Brand:
    """A dataset whose captions stand in a file, with an image in a folder below."""
    source(brand, "file")
    brand.write("images/deep/d.png", draw(seed=9))
    return brand


def only(brand: Brand) -> Problem:
    (problem,) = brand.problems()
    return problem


def jsonl(*records: object) -> str:
    return "".join(f"{json.dumps(record)}\n" for record in records)


def test_a_caption_may_be_called_caption(filed: Brand) -> None:
    filed.write(
        "images/metadata.jsonl",
        jsonl({"file_name": "p0.png", "caption": "a."}, {"file_name": "p1.png", "text": "b.", "caption": "b."}),
    )
    assert captions(filed) == {"p0.png": "a.", "p1.png": "b."}


@pytest.mark.parametrize("word", ["text", "caption"])
def test_metadata_csv_has_a_row_for_each_image(filed: Brand, word: str) -> None:
    """As a spreadsheet writes it: a byte order mark, CRLF, quotes, other columns, a text of two lines, an empty cell."""
    filed.write(
        "images/metadata.csv",
        f'\ufeffwidth,file_name,{word}\r\n1,p0.png,"a, b."\r\n2,deep\\d.png,"one\ntwo"\r\n3,p1.png,\r\n,,\r\n4,./p2,c.\r\n',
    )
    assert captions(filed) == {"p0.png": "a, b.", "deep/d.png": "one\ntwo", "p2.png": "c."}


def test_places_in_a_table_count_lines_and_not_rows(filed: Brand) -> None:
    filed.write("images/metadata.csv", 'file_name,text\np0.png,"one\ntwo"\nnobody.png,x\n')
    assert [str(problem.location) for problem in filed.problems() if problem.rule == "caption-ownerless"] == [
        "manifests/images/metadata.csv:4:1"
    ]


def test_a_folder_below_may_have_a_file_of_its_own(filed: Brand) -> None:
    """Its names count from there. Two files in one folder are a problem, two in two folders are not."""
    filed.write("images/captions.yaml", "p0.png: a.\n")
    filed.write("images/deep/metadata.csv", "file_name,text\nd.png,deep.\n")
    assert captions(filed) == {"p0.png": "a.", "deep/d.png": "deep."}
    filed.write("images/deep/metadata.jsonl", jsonl({"file_name": "d.png", "text": "deep."}))
    assert (only(filed).rule, str(only(filed).location)) == (
        "caption-two-files",
        "manifests/images/deep/metadata.csv",
    )
    assert only(filed).summary == "metadata.csv and metadata.jsonl lie in one folder"


def test_kohya_writes_captions_beside_images(brand: Brand) -> None:
    source(brand, "sidecar")
    brand.write("images/p0.caption", "a.")
    assert captions(brand) == {"p0.png": "a."}


@pytest.mark.parametrize(
    ("name", "text", "summary", "told"),
    [
        (
            "metadata.jsonl",
            jsonl(*({"file_name": f"p{number}.png", "prompt": "x"} for number in range(5))),
            "5 lines have no caption",
            'Its keys are "file_name" and "prompt". Lines 1, 2, 3 and more. Write the caption under "text" or "caption".',
        ),
        (
            "metadata.jsonl",
            json.dumps([{"file_name": "p0.png", "text": "x"}]),
            "this is no caption file: it is one JSON list",
            " Write each object on one line, for example with `jq -c '.[]' FILE`.",
        ),
        (
            "metadata.jsonl",
            json.dumps([{"file_name": "p0.png", "text": "x"}], indent=1),
            "this is no caption file: it is one JSON list",
            " Write each object on one line, for example with `jq -c '.[]' FILE`.",
        ),
        (
            "metadata.jsonl",
            json.dumps({"file_name": "p0.png", "text": "x"}, indent=1),
            "this is no caption file: its objects go over several lines",
            " Write each object on one line, for example with `jq -c . FILE`.",
        ),
        (
            "metadata.jsonl",
            jsonl({"file_name": "p0.png", "text": "x", "caption": "y"}),
            "this line cannot be read",
            'It has a "text" and a "caption", which differ. Keep one of the two.',
        ),
        (
            "metadata.csv",
            "file_name;text\np0.png;x\n",
            'this is no caption file: its columns are separated by ";"',
            " Save it as CSV with commas.",
        ),
        (
            "metadata.csv",
            "image,text\np0.png,x\np1.png,y\n",
            'this is no caption file: it has no column "file_name"',
            'Its columns are "image" and "text".',
        ),
        (
            "metadata.csv",
            "file_name,prompt\np0.png,x\n",
            'this is no caption file: it has no column "text" or "caption"',
            'Its columns are "file_name" and "prompt".',
        ),
        (
            "metadata.csv",
            "file_name,text,caption\np0.png,x,y\n",
            'this is no caption file: it has the columns "text" and "caption"',
            "Give one of them another name.",
        ),
        (
            "metadata.csv",
            "file_name,text\np0.png,one, two\np1.png,one, two\np2.png,fine\n",
            "2 lines cannot be read",
            "3 cells; the first line names 2 columns. Lines 2 and 3. Put a text that holds a comma into double quotes.",
        ),
        (
            "metadata.csv",
            'file_name,text\np0.png,"no end\n',
            "this line cannot be read",
            "Unexpected end of data.",
        ),
        (
            "metadata.jsonl",
            jsonl(*({"file_name": f"images/p{number}.png", "text": "x"} for number in range(4))),
            '4 captions name their images with a folder too much, "images"',
            'Write "p0.png", and the others alike.',
        ),
        (
            "metadata.csv",
            "file_name,text\nd.png,x\n",
            "this caption names its image without the folder",
            'Write "deep/d.png".',
        ),
        (
            "captions.yaml",
            "".join(f"{name}: x\n" for name in ("anna", "bert", "cleo", "dora")),
            "4 captions have no image",
            'No image of the dataset is named "anna", "bert", "cleo" and so on. Remove them, or add the images.',
        ),
    ],
)
def test_one_cause_is_one_problem_with_its_fix(filed: Brand, name: str, text: str, summary: str, told: str) -> None:
    filed.write(f"images/{name}", text)
    found = [problem for problem in filed.problems() if problem.rule != "caption-none"]
    assert [problem.summary for problem in found] == [summary]
    assert told in f"{found[0].detail} {found[0].remedy}"


def test_a_file_that_cannot_be_used_is_not_said_to_be_missing(filed: Brand) -> None:
    """The second problem would follow from the first."""
    filed.write("images/metadata.csv", "file_name;text\np0.png;x\n")
    assert only(filed).rule == "caption-file"


def test_two_sets_of_sidecars_are_one_problem(brand: Brand) -> None:
    source(brand, "sidecar")
    for number in range(5):
        brand.write(f"images/p{number}.txt", "tags")
        brand.write(f"images/p{number}.caption", "a sentence.")
    assert only(brand).summary == "5 images have two caption files"
    assert only(brand).remedy.endswith("remove all .txt files, or all .caption files.")


@pytest.mark.parametrize(
    ("declared", "files", "way"),
    [
        ("file", ["p0.txt", "p1.txt"], "p0.txt lies there, with 1 more file: write `captions: {source: sidecar}`."),
        ("sidecar", ["metadata.csv"], "metadata.csv lies there: write `captions: {source: file}`."),
        ("sidecar", ["p0.json"], "p0.json lies there: JSON captions go with a visual_schema."),
        ("file", [], "Write them, pull what Bria wrote"),
    ],
)
def test_captions_in_another_form_are_named_with_the_fix(
    brand: Brand, declared: str, files: list[str], way: str
) -> None:
    source(brand, declared)
    for name in files:
        brand.write(f"images/{name}", "x")
    assert only(brand).rule == "caption-none"
    assert only(brand).remedy.startswith(way)


def test_captions_that_are_not_used_are_said_with_the_source_that_uses_them(brand: Brand) -> None:
    brand.write("images/metadata.jsonl", jsonl({"file_name": "p0.png", "text": "x"}))
    assert only(brand).detail == (
        "Captions are automatic here; write `captions: {source: file}` to use metadata.jsonl."
    )


def test_what_a_pattern_leaves_out_is_said_once(brand: Brand, draw: Draw) -> None:
    """Images and their captions together; not where another dataset takes them, nor where nothing is left at all."""
    brand.write("images/q.JPG", draw("JPEG", seed=9))
    source(brand, "sidecar", images='{path: images/, include: ["p[0-3].png"]}')
    for name in ("p0", "p4", "q"):
        brand.write(f"images/{name}.txt", "x")
    assert only(brand).summary == "2 images with 2 captions are left out"
    assert only(brand).detail == "No pattern takes p4.png, q.JPG. Add a pattern, or take them out of the folder."
    source(brand, "sidecar", images='{path: images/, include: ["*.PNG", "*.jpg"]}')
    assert brand.problems() == ()
    source(brand, "automatic", images='{path: images/, include: ["*.webp"]}')
    assert only(brand).detail == '6 images in the folder, such as "p0.png", and no pattern takes one.'


def test_images_that_another_dataset_takes_are_not_left_out(brand: Brand) -> None:
    source(brand, "automatic", images='{path: images/, include: ["p[0-2].png"]}')
    text = (brand.root / "lora.yaml").read_text().partition("---\n")[2]
    brand.write("other.yaml", text.replace("lora-poses", "others").replace("p[0-2]", "p[34]"))
    assert brand.problems() == ()


@pytest.mark.parametrize("declared", ["file", "sidecar"])
def test_a_dataset_without_images_lacks_no_captions(brand: Brand, declared: str) -> None:
    """Both would be said of one empty folder."""
    source(brand, declared)
    for image in (brand.root / "images").iterdir():
        image.unlink()
    (brand.root / "images/README.md").write_text("images come here")
    assert only(brand).rule == "dataset-count"
