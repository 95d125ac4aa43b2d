"""Captions written back into the tree: a person's own text is never lost, and nothing is written outside."""

from pathlib import Path
from typing import cast

import pytest

from reconciler.core.guide import Family
from reconciler.files.caption.form import FORMS
from reconciler.files.caption.pull import (
    CaptionPlace,
    CaptionSource,
    PulledCaption,
    PullOutcome,
    PullRefused,
    caption_edits,
    read_captions,
)
from reconciler.files.file_edit import NotWritten, write_edits
from reconciler.files.tree import Tree
from tests.files.conftest import DATASET, PROJECT, Brand


def pull(
    brand: Brand, source: str, captions: dict[str, str], *, overwrite: bool = False, family: Family = "prefix"
) -> tuple[PulledCaption, ...]:
    """Write captions over none that is there, or over all."""
    place = CaptionPlace(folder="images", source=cast("CaptionSource", source), form=FORMS[family])
    with Tree(brand.root) as tree:
        replacing = read_captions(tree, place, captions) if overwrite else {}
        found, edits = caption_edits(tree, place, captions, replacing=replacing)
        write_edits(tree, edits)
        return found


def outcomes(found: tuple[PulledCaption, ...]) -> dict[str, PullOutcome]:
    return {each.name: each.outcome for each in found}


def text(brand: Brand, name: str) -> str:
    return (brand.root / "images" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("source", ["automatic", "sidecar"])
def test_sidecars_are_written_beside_their_images(brand: Brand, source: str) -> None:
    brand.write("images/p1.txt", "mine.\n")
    brand.write("images/p2.caption", "two.")
    brand.write("images/p3.txt", "\n")
    found = pull(brand, source, {"p0.png": " new. ", "p1.png": "theirs.", "p2.png": "two.", "p3.png": "three."})
    assert outcomes(found) == {
        "p0.png": PullOutcome.WRITTEN,
        "p1.png": PullOutcome.CONFLICT,
        "p2.png": PullOutcome.KEPT,
        "p3.png": PullOutcome.WRITTEN,
    }
    assert found[1] == PulledCaption(
        name="p1.png", path="images/p1.txt", outcome=PullOutcome.CONFLICT, before="mine.", after="theirs."
    )
    assert text(brand, "p0.txt") == "new.\n"
    assert text(brand, "p1.txt") == "mine.\n"
    assert text(brand, "p3.txt") == "three.\n"
    assert outcomes(pull(brand, source, {"p1.png": "theirs."}, overwrite=True)) == {"p1.png": PullOutcome.WRITTEN}
    assert text(brand, "p1.txt") == "theirs.\n"
    assert not list(brand.root.rglob("*.new"))


def test_what_was_pulled_is_what_is_declared(brand: Brand) -> None:
    texts = {f"p{number}.png": f"pose {number}: with 'quotes' # and signs, ünïcode 🙂" for number in range(5)}
    for source in ("sidecar", "file"):
        pull(brand, source, texts)
        brand.write("lora.yaml", f"{PROJECT}---\n{DATASET.replace('automatic', source)}")
        (dataset,) = brand.resolve().datasets.values()
        assert {image.name: image.caption for image in dataset.images} == texts


def test_captions_yaml_keeps_comments_order_and_quotes(brand: Brand) -> None:
    before = "# ours\np1.png: \"one\"   # the best\np0: 'zero'\n\n# last\nunused.png: kept\n"
    brand.write("images/captions.yaml", before)
    found = pull(brand, "file", {"p0.png": "zero", "p1.png": "one", "p2.png": "two"})
    assert outcomes(found) == {"p0.png": PullOutcome.KEPT, "p1.png": PullOutcome.KEPT, "p2.png": PullOutcome.WRITTEN}
    assert text(brand, "captions.yaml") == before + "p2.png: two\n"
    assert outcomes(pull(brand, "file", {"p0.png": "other"})) == {"p0.png": PullOutcome.CONFLICT}
    pull(brand, "file", {"p0.png": "other"}, overwrite=True)
    assert "p0: 'other'\n" in text(brand, "captions.yaml")
    assert "# the best" in text(brand, "captions.yaml")


def test_captions_yaml_is_made_where_there_is_no_caption_file(brand: Brand) -> None:
    found = pull(brand, "file", {"b.png": "no", "a.png": "12"})
    assert outcomes(found) == {"a.png": PullOutcome.WRITTEN, "b.png": PullOutcome.WRITTEN}
    brand.write("images/b.png", b"")
    assert "a.png: '12'" in text(brand, "captions.yaml")
    assert pull(brand, "file", {"b.png": "no"})[0].outcome is PullOutcome.KEPT


def test_metadata_jsonl_keeps_its_other_keys_and_lines(brand: Brand) -> None:
    brand.write(
        "images/metadata.jsonl",
        '{"file_name": "p0.png", "text": "zero", "width": 12}\n\n{"file_name": "gone.png", "text": "x"}\n{"file_name": "p1.png"}\n',
    )
    found = pull(brand, "file", {"p0.png": "null", "p1.png": "eins é", "p2.png": "zwei"})
    assert outcomes(found) == {
        "p0.png": PullOutcome.CONFLICT,
        "p1.png": PullOutcome.WRITTEN,
        "p2.png": PullOutcome.WRITTEN,
    }
    assert text(brand, "metadata.jsonl").splitlines() == [
        '{"file_name": "p0.png", "text": "zero", "width": 12}',
        '{"file_name": "gone.png", "text": "x"}',
        '{"file_name": "p1.png", "text": "eins é"}',
        '{"file_name": "p2.png", "text": "zwei"}',
    ]
    pull(brand, "file", {"p0.png": "null"}, overwrite=True)
    assert '{"file_name": "p0.png", "text": "null", "width": 12}' in text(brand, "metadata.jsonl")


def test_nothing_is_written_where_all_is_said_already(brand: Brand) -> None:
    for name, content in (("metadata.jsonl", '{"file_name":"p0.png","text":"a"}'), ("captions.yaml", "p0.png:   a")):
        path = brand.write(f"images/{name}", content)
        assert outcomes(pull(brand, "file", {"p0.png": "a"})) == {"p0.png": PullOutcome.KEPT}
        assert path.read_text() == content
        path.unlink()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("captions.yaml", "a: [1"),
        ("captions.yaml", "- a"),
        ("captions.yaml", "a: !!python/name:os.system x"),
        ("captions.yaml", "a: b\n---\nc: d"),
        ("captions.yaml", "a: b\n" + "#" * 1_000_000),
        ("metadata.jsonl", "not json"),
        ("metadata.jsonl", '{"a": NaN}'),
    ],
)
def test_a_file_that_cannot_be_understood_is_left_alone(brand: Brand, name: str, content: str) -> None:
    path = brand.write(f"images/{name}", content)
    with pytest.raises(PullRefused, match="manifests/images/"):
        pull(brand, "file", {"p0.png": "a"}, overwrite=True)
    assert path.read_text() == content


def test_two_caption_files_are_refused(brand: Brand) -> None:
    brand.write("images/captions.yaml", "")
    brand.write("images/metadata.jsonl", "")
    with pytest.raises(PullRefused, match="keep one"):
        pull(brand, "file", {"p0.png": "a"})


def outside(brand: Brand) -> Path:
    path = brand.folder / "outside.txt"
    path.write_text("theirs")
    return path


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(
    ("source", "name"), [("sidecar", "p0.txt"), ("file", "captions.yaml"), ("file", "metadata.jsonl")]
)
def test_nothing_is_written_through_a_link_out_of_the_root(
    brand: Brand, source: str, name: str, overwrite: bool
) -> None:
    target = outside(brand)
    (brand.root / "images" / name).symlink_to(target)
    with pytest.raises(PullRefused, match="leaves the manifest root"):
        pull(brand, source, {"p0.png": "ours"}, overwrite=overwrite)
    assert target.read_text() == "theirs"


def test_nothing_is_written_through_a_folder_that_became_a_link(brand: Brand) -> None:
    (brand.root / "images").rename(brand.folder / "away")
    (brand.root / "images").symlink_to("../away")
    with pytest.raises(PullRefused, match="leaves the manifest root"):
        pull(brand, "sidecar", {"p0.png": "ours"})
    assert not (brand.folder / "away" / "p0.txt").exists()


def test_a_link_to_nothing_is_refused_and_one_inside_is_replaced(brand: Brand) -> None:
    (brand.root / "images" / "p0.txt").symlink_to("nothing.txt")
    with pytest.raises(PullRefused, match="does not exist"):
        pull(brand, "sidecar", {"p0.png": "ours"})
    brand.write("shared.txt", "shared")
    (brand.root / "images" / "p1.txt").symlink_to("../shared.txt")
    assert outcomes(pull(brand, "sidecar", {"p1.png": "ours"})) == {"p1.png": PullOutcome.CONFLICT}
    pull(brand, "sidecar", {"p1.png": "ours"}, overwrite=True)
    assert (brand.root / "shared.txt").read_text() == "shared"
    assert text(brand, "p1.txt") == "ours\n"


def test_f37_a_folder_in_the_way_is_said(brand: Brand) -> None:
    (brand.root / "images" / "p0.txt").mkdir()
    with pytest.raises(PullRefused, match="not a regular file"):
        pull(brand, "sidecar", {"p0.png": "ours"})


def test_f37_a_disk_that_takes_nothing_is_said(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reconciler.files.tree.replace_file", full)
    with pytest.raises(NotWritten, match="No space left"):
        pull(brand, "sidecar", {"p0.png": "ours"})


ANY = {"p0.png": '{"action":"waving","mood":"gay, é"}', "p1.png": '{"action":"sitting"}'}


@pytest.mark.parametrize("source", ["automatic", "sidecar"])
def test_documents_are_written_beside_their_images(brand: Brand, source: str) -> None:
    """In the manner of the file that is there: its order of keys, its indentation, its line ends."""
    mine = '{\r\n    "mood": "sad",\r\n    "action": "waving"\r\n}'
    brand.write("images/p0.json", mine)
    brand.write("images/p1.txt", "a text is no caption here.")
    found = pull(brand, source, ANY, family="schema")
    assert outcomes(found) == {"p0.png": PullOutcome.CONFLICT, "p1.png": PullOutcome.WRITTEN}
    assert text(brand, "p1.json") == '{\n  "action": "sitting"\n}\n'
    assert text(brand, "p1.txt") == "a text is no caption here."
    pull(brand, source, ANY, overwrite=True, family="schema")
    assert (brand.root / "images/p0.json").read_bytes().decode() == mine.replace("sad", "gay, é")
    assert set(outcomes(pull(brand, source, ANY, family="schema")).values()) == {PullOutcome.KEPT}


def test_documents_in_captions_yaml_stay_mappings_or_texts(brand: Brand) -> None:
    """Only what differs is written: a comment inside a mapping stays."""
    brand.write(
        "images/captions.yaml",
        'p0:\n  mood: sad  # is she?\n  action: waving\np1.png: \'{"action": "running"}\'\np2: {action: reading}\n',
    )
    captions = {**ANY, "p2.png": '{ "action": "reading" }', "p3.png": '{"action":"a","parts":{"hat":["red","wide"]}}'}
    found = pull(brand, "file", captions, family="schema")
    assert list(outcomes(found).values()) == [
        PullOutcome.CONFLICT,
        PullOutcome.CONFLICT,
        PullOutcome.KEPT,
        PullOutcome.WRITTEN,
    ]
    pull(brand, "file", captions, overwrite=True, family="schema")
    assert text(brand, "captions.yaml") == (
        'p0:\n  mood: gay, é  # is she?\n  action: waving\np1.png: \'{"action":"sitting"}\'\np2: {action: reading}\n'
        "p3.png:\n  action: a\n  parts:\n    hat:\n      - red\n      - wide\n"
    )


def test_documents_in_metadata_jsonl_stay_mappings_or_texts(brand: Brand) -> None:
    """A new line has its JSON in a text, as the API does."""
    brand.write(
        "images/metadata.jsonl",
        '{"file_name": "p0.png", "text": {"mood": "sad", "action": "waving"}, "width": 12}\n'
        '{"file_name": "p1.png", "text": "{\\"action\\": \\"sitting\\"}"}\n',
    )
    captions = {**ANY, "p2.png": '{"action":"reading"}'}
    found = pull(brand, "file", captions, overwrite=True, family="schema")
    assert list(outcomes(found).values()) == [PullOutcome.WRITTEN, PullOutcome.KEPT, PullOutcome.WRITTEN]
    assert text(brand, "metadata.jsonl").splitlines() == [
        '{"file_name": "p0.png", "text": {"mood": "gay, é", "action": "waving"}, "width": 12}',
        '{"file_name": "p1.png", "text": "{\\"action\\": \\"sitting\\"}"}',
        '{"file_name": "p2.png", "text": "{\\"action\\":\\"reading\\"}"}',
    ]


@pytest.mark.parametrize("source", ["automatic", "file"])
def test_documents_that_were_pulled_are_declared(brand: Brand, source: str) -> None:
    """What the reader makes of the files is what was live."""
    captions = {f"p{number}.png": f'{{"n":{number},"deep":{{"list":[1,null,"no: #"]}}}}' for number in range(5)}
    pull(brand, source, captions, family="schema")
    declared = DATASET.replace("automatic", "file" if source == "file" else "sidecar")
    guide = next(line for line in declared.splitlines() if "caption_prefix" in line)
    brand.write("lora.yaml", f"{PROJECT}---\n{declared.replace(guide, '  visual_schema: {style: flat}')}")
    (dataset,) = brand.resolve().datasets.values()
    assert {image.name: image.caption for image in dataset.images} == captions


def test_metadata_csv_keeps_its_other_rows_byte_for_byte(brand: Brand) -> None:
    """Quotes, line ends and the byte order mark are the spreadsheet's; only rows whose caption is written differ."""
    before = '\ufefffile_name,width,caption\r\n"p0.png",1,"zero"\r\np1.png,2,\r\n\r\n"gone.png",3,"x, y"'
    brand.write("images/metadata.csv", before)
    found = pull(brand, "file", {"p0.png": "other", "p1.png": "one, two", "p2.png": 'say "hi"\nthere'})
    assert outcomes(found) == {
        "p0.png": PullOutcome.CONFLICT,
        "p1.png": PullOutcome.WRITTEN,
        "p2.png": PullOutcome.WRITTEN,
    }
    assert (brand.root / "images/metadata.csv").read_bytes().decode() == (
        '\ufefffile_name,width,caption\r\n"p0.png",1,"zero"\r\np1.png,2,"one, two"\r\n\r\n"gone.png",3,"x, y"\r\n'
        'p2.png,,"say ""hi""\nthere"\r\n'
    )
    assert {one.outcome for one in pull(brand, "file", {"p2.png": 'say "hi"\nthere'})} == {PullOutcome.KEPT}


def test_a_caption_stays_under_the_key_that_a_file_uses(brand: Brand) -> None:
    brand.write("images/metadata.jsonl", '{"file_name": "./p0.png", "caption": "zero"}\n')
    pull(brand, "file", {"p0.png": "null", "p1.png": "one"}, overwrite=True)
    assert text(brand, "metadata.jsonl").splitlines() == [
        '{"file_name": "./p0.png", "caption": "null"}',
        '{"file_name": "p1.png", "caption": "one"}',
    ]


def test_each_image_goes_to_the_file_of_the_nearest_folder(brand: Brand) -> None:
    brand.write("images/deep/metadata.csv", "file_name,text\n")
    brand.write("images/deep/er/e.png", b"")
    found = pull(brand, "file", {"p0.png": "a", "deep/d.png": "b", "deep/er/e.png": "c"})
    assert {one.name: one.path for one in found} == {
        "p0.png": "images/captions.yaml",
        "deep/d.png": "images/deep/metadata.csv",
        "deep/er/e.png": "images/deep/metadata.csv",
    }
    assert text(brand, "deep/metadata.csv") == "file_name,text\nd.png,b\ner/e.png,c\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metadata.csv", "file_name;text\np0.png;x\n"),
        ("metadata.csv", 'file_name,text\np0.png,"x\n'),
        ("metadata.csv", "file_name,text\np0.png,a, b\n"),
        ("metadata.csv", ""),
        ("metadata.jsonl", '{"file_name": "p0.png", "text": "a", "caption": "b"}\n'),
        ("metadata.jsonl", b'{"file_name": "\xff"}\n'),
    ],
)
def test_a_file_that_is_not_understood_is_not_written(brand: Brand, name: str, content: str | bytes) -> None:
    path = brand.write(f"images/{name}", content)
    before = path.read_bytes()
    with pytest.raises(PullRefused, match="cannot be read"):
        pull(brand, "file", {"p0.png": "new"}, overwrite=True)
    assert path.read_bytes() == before


def test_documents_in_metadata_csv_are_json_in_a_cell(brand: Brand) -> None:
    brand.write("images/metadata.csv", "file_name,text\np0.png,\n")
    pull(brand, "file", ANY, family="schema")
    assert text(brand, "metadata.csv") == (
        'file_name,text\np0.png,"{""action"":""waving"",""mood"":""gay, é""}"\np1.png,"{""action"":""sitting""}"\n'
    )
    assert set(outcomes(pull(brand, "file", ANY, family="schema")).values()) == {PullOutcome.KEPT}


@pytest.mark.parametrize("caption", ["=HYPERLINK(1)", "+1+1", "-1-1", " @SUM(1)", "\uff1d1"])
def test_h43_no_formula_gets_into_a_table(brand: Brand, caption: str) -> None:
    """A live caption is a foreign text, and a table is opened in a spreadsheet. Nothing is written; other files take it."""
    path = brand.write("images/metadata.csv", "file_name,text\np0.png,\n")
    with pytest.raises(PullRefused, match=r"would begin like a formula .* keep captions in captions\.yaml"):
        pull(brand, "file", {"p0.png": caption, "p1.png": "fine."})
    assert path.read_text() == "file_name,text\np0.png,\n"
    path.rename(path.with_name("metadata.jsonl"))
    path.with_name("metadata.jsonl").write_text("")
    assert set(outcomes(pull(brand, "file", {"p0.png": caption})).values()) == {PullOutcome.WRITTEN}


@pytest.mark.parametrize("source", ["automatic", "sidecar", "file"])
def test_an_older_tree_that_lacks_the_folder_says_nothing(brand: Brand, source: str) -> None:
    """Neither the image folder nor one below it need be there; one that leaves the tree is refused all the same."""
    place = CaptionPlace(folder="images", source=cast("CaptionSource", source), form=FORMS["prefix"])
    (brand.root / "images").rename(brand.root / "other")
    with Tree(brand.root) as tree:
        assert read_captions(tree, place, ["deep/p0.png", "p1.png"]) == {}
        (brand.root / "images").symlink_to(brand.folder)
        with pytest.raises(PullRefused, match="images"):
            read_captions(tree, place, ["p1.png"])
