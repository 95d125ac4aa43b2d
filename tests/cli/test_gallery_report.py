"""`gallery report`: from the files alone, whatever state they are in."""

import json
import re
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from reconciler.core.gallery import Column
from reconciler.core.manifest.resolve import resolve
from reconciler.files.gallery_folder import read_results
from reconciler.files.load import load
from tests.cli.conftest import Cli, drawn, flat
from tests.render.html.reading import Reading, read

GALLERY = """\
apiVersion: reconciler/v1
kind: Gallery
metadata: {name: looks}
spec:
  model: lora-max
  path: looks
  cases:
    - {name: waving, prompt: waving with one hand, seed: 7}
    - {name: badge, kind: vector, prompt: a round badge, seed: 7}
"""
OLD, OTHER = "a51be07aa9c13", "af43611b7d40c"
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {size}\n"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><image href="https://evil.invalid/a.png"/></svg>'
)


@pytest.fixture
def root(tree: Path) -> Path:
    """The manifests, with a gallery of two cases and an alias on a version that was drawn."""
    folder = tree / "manifests"
    (folder / "gallery.yaml").write_text(GALLERY)
    with (folder / "model.yaml").open("a") as file:
        file.write(f"  aliases: {{production: {OLD[:7]}}}\n")
    return folder


def keep(
    root: Path,
    case: str,
    data: bytes,
    suffix: str = "png",
    column: str = OLD,
    *,
    is_pointer: bool = False,
    **changed: object,
) -> Path:
    """A result as a run writes it."""
    gallery = resolve(load(root)).galleries["looks"]
    definition = gallery.case(case)
    assert definition is not None
    digest = sha256(data).hexdigest()
    record = {
        "model": "lora-max",
        "version": 2 if column == OLD else 3,
        "fingerprint": column,
        "checkpoint": None,
        "prompt": definition.order.prompt,
        "sent_prompt": f"A drawing of {definition.order.prompt}",
        "seed": 7,
        "parameters": {"steps_num": 8},
        "case": case,
        "definition": definition.definition,
        "file": {"type": "image/png", "sha256": digest, "size": len(data), "width": 1024, "height": 1024},
        **changed,
    }
    folder = root / "looks" / column
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{case}.json").write_text(json.dumps(record))
    place = folder / f"{case}.{suffix}"
    place.write_bytes(LFS.format(digest=digest, size=len(data)).encode() if is_pointer else data)
    return place


def page(path: str = "looks.html") -> Reading:
    return read(Path(path).read_text(encoding="utf-8"))


def picture(colour: tuple[int, int, int] = (200, 40, 40)) -> bytes:
    return drawn(colour, "PNG")


def test_a_report_is_one_file_from_files_alone(root: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a token and without an endpoint. What is there is shown, what is missing said."""
    monkeypatch.delenv("RECONCILER_ENDPOINT")
    keep(root, "waving", picture())
    keep(root, "badge", SVG, "svg")
    ran = cli("gallery", "report", "looks")
    assert ran.code == 0
    assert "gallery/looks: 2 cases in 2 versions: 2 present, 2 missing." in ran.out
    assert "production, v2 (a51be07)  2 present" in ran.out
    command = "`reconciler gallery run looks --version a(?!51be07)[0-9a-f]{12}` draws what is missing."
    assert re.search(command, flat(ran.out)) is not None
    assert "The report is looks.html (" in ran.err
    found = page()
    first, second = found.all("img")
    assert (first.attributes["width"], first.attributes["height"]) == ("1024", "1024")
    assert str(first.attributes["src"]).startswith("data:image/webp;base64,")
    assert str(second.attributes["src"]).startswith("data:image/svg+xml;base64,")
    assert "evil" not in Path("looks.html").read_text()
    assert "nothing is drawn yet" in found.lines
    assert not Path("world.db").exists()


def test_versions_are_chosen(root: Path, cli: Cli) -> None:
    """By alias, digits, number; in the order in which they are named; into the file that is named."""
    keep(root, "waving", picture())
    keep(root, "waving", picture((40, 40, 200)), column=OTHER, parameters={"steps_num": 30})
    ran = cli("gallery", "report", "gallery/looks", "--versions", "af4, production", "--out", "x.html")
    assert ran.code == 0
    text = page("x.html").lines
    assert text.index("v3 (af43611)") < text.index("production, v2 (a51be07)")
    assert "steps_num\n30\n" in text
    assert "steps_num\n[-30-] {+8+}\n" in text
    assert cli("gallery", "report", "looks", "--versions", "all").code == 0
    ran = cli("gallery", "report", "looks", "--versions", "af4,v9,candidate")
    assert (ran.code, ran.out) == (64, "")
    assert (
        '--versions: "v9" is no alias of the model, and no result is of a version of that name; "candidate" is no alias'
        in flat(ran.err)
    )


def test_states_are_said_in_words(root: Path, cli: Cli) -> None:
    """Stale, damaged, unknown, and a pointer without its content: each with what to do."""
    keep(root, "waving", picture(), definition="0" * 64)
    keep(root, "badge", picture(), is_pointer=True)
    keep(root, "waving", picture(), column=OTHER).write_bytes(b"other")
    (root / "looks" / OTHER / "badge.submitted.json").write_text("{}")
    ran = cli("gallery", "report", "looks", "--versions", f"production,{OTHER}")
    assert ran.code == 0
    text = page().lines
    for words in (
        "2 cases in 2 versions: 1 present, 1 stale, 1 unknown, 1 damaged.",
        "production, v2 (a51be07) stale",
        "Git LFS content missing",
        "`git lfs pull` fetches it",
        "its picture is not the one that its record says",
        "v3 (af43611) unknown",
        f"`reconciler gallery run looks --version {OLD} --refresh` draws it again",
        "with `--again CASE` it asks once more, and may pay twice",
        "Bring the picture and its JSON back with git",
    ):
        assert words in text, words


@pytest.mark.parametrize(
    ("data", "suffix", "words"),
    [
        (b"PK\x05\x06" + b"\0" * 18, "zip", "several files in a zip, which a page cannot show"),
        (b"<svg></sv", "svg", "the file cannot be shown, or is another one by now"),
        (b"<svg>" + b" " * 2_000_000 + b"</svg>", "svg", "the file has more than 2,000,000 bytes, too much for a page"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "svg", "use entities or style sheets"),
        (b'{"a": NaN}', "prompt.json", "the file is no JSON that can be shown"),
        (b"\x89PNG\r\n\x1a\n and no more", "png", "its file is no whole picture"),
    ],
)
def test_what_cannot_be_shown_says_why(root: Path, cli: Cli, data: bytes, suffix: str, words: str) -> None:
    """Files of any content: the report is written all the same."""
    keep(root, "waving", data, suffix)
    assert cli("gallery", "report", "looks", "--versions", "production").code == 0
    assert words in page().lines
    assert not page().all("img")


def test_a_result_of_words_is_text(root: Path, cli: Cli) -> None:
    """A structured prompt is laid out line by line, whatever it holds."""
    keep(root, "waving", b'{"style": "<b>ink</b>", "objects": [1]}', "prompt.json")
    assert cli("gallery", "report", "looks", "--versions", "production").code == 0
    assert '"style": "<b>ink</b>",' in page().lines
    assert "<b>ink" not in Path("looks.html").read_text()


def test_a_large_picture_is_made_smaller_and_kept(root: Path, cli: Cli) -> None:
    """Never larger than it is; the second report draws nothing anew and is the same."""
    file = BytesIO()
    Image.new("RGB", (2048, 1024), "teal").save(file, "PNG")
    keep(root, "waving", file.getvalue())
    small = BytesIO()
    Image.new("RGB", (640, 480), "teal").save(small, "PNG")
    keep(root, "badge", small.getvalue())
    assert cli("gallery", "report", "looks", "--versions", "production").code == 0
    sides = [(one.attributes["width"], one.attributes["height"]) for one in page().all("img")]
    assert sides == [("1024", "512"), ("640", "480")]
    before = Path("looks.html").read_bytes()
    assert cli("gallery", "report", "looks", "--versions", "production").code == 0
    assert Path("looks.html").read_bytes() == before


def test_what_is_not_declared_or_not_ours_is_refused(root: Path, cli: Cli) -> None:
    """A gallery that nobody declares, and a file that is no report: both stay as they are."""
    ran = cli("gallery", "report", "lookz")
    assert (ran.code, ran.out) == (64, "")
    assert 'No manifest declares a gallery "lookz". Did you mean looks?' in flat(ran.err)
    Path("looks.html").write_text("my own page")
    ran = cli("gallery", "report", "looks")
    assert ran.code == 64
    assert "looks.html exists and is no report on a gallery: it stays as it is." in flat(ran.err)
    assert Path("looks.html").read_text() == "my own page"


def test_columns_have_checkpoints(root: Path, cli: Cli) -> None:
    """A folder of a checkpoint is a column beside its version."""
    keep(root, "waving", picture())
    keep(root, "waving", picture((0, 0, 0)), column=f"{OLD}@500", fingerprint=OLD, checkpoint=500)
    assert read_results(root, resolve(load(root)).galleries["looks"]).columns == (Column(OLD), Column(OLD, 500))
    assert cli("gallery", "report", "looks", "--versions", "production").code == 0
    assert "production, v2 (a51be07), checkpoint 500" in page().lines
    assert "2 cases in 1 version (2 columns): 2 present, 2 missing." in page().lines


def test_some_cases_are_looked_at_closely(root: Path, cli: Cli) -> None:
    """Only their rows; what is not a case is refused."""
    keep(root, "waving", picture())
    keep(root, "badge", SVG, "svg")
    assert cli("gallery", "report", "looks", "--versions", "production", "--case", "badge").code == 0
    assert "1 case in 1 version: all present." in page().lines
    assert "waving" not in page().lines
    ran = cli("gallery", "report", "looks", "--case", "bagde")
    assert (ran.code, ran.out) == (64, "")
    assert '--case: gallery/looks has no case "bagde". Did you mean "badge"?' in flat(ran.err)


def test_what_a_case_says_anew_stands_under_its_stale_picture(root: Path, cli: Cli) -> None:
    """With the words that changed marked."""
    keep(root, "waving", picture(), training_version="max", kind="image", parameters={"steps_num": 30})
    gallery = root / "gallery.yaml"
    gallery.write_text(gallery.read_text().replace("waving with one hand", "waving with both hands"))
    assert cli("gallery", "report", "looks", "--versions", "production").code == 0
    assert "prompt now\nwaving with [-one hand-] {+both hands+}\n" in page().lines


def test_a_gallery_of_a_model_that_goes_is_not_compared(root: Path, cli: Cli) -> None:
    """Its results stay, and no version of it is meant any more."""
    model = root / "model.yaml"
    model.write_text(model.read_text().replace("{name: lora-max}", "{name: lora-max, ensure: absent}"))
    ran = cli("gallery", "report", "looks")
    assert (ran.code, ran.out) == (64, "")
    assert "gallery/looks is of model/lora-max, whose manifest says `ensure: absent`." in flat(ran.err)
