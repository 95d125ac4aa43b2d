"""`adopt` before a world that people made: what is written, that nothing is uploaded or trained for it, and what is refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.simulator import Simulator, SqliteStore, console, serving
from tests.by_hand import ByHand, MadeByHand, Picture, drawn, notebook, tree_of
from tests.cli.conftest import Cli, commit_all, edit, flat, git

FILE = Path("manifests/adopted.yaml")


def opened(**switches: str) -> Simulator:
    """The account, for a person who works in the console and for a look at the truth."""
    return Simulator(store=SqliteStore("world.db"), switches={"era": "mixed", **switches})


def written() -> list[str]:
    """Names of everything live, in the order of ids, and the names of all images: what an apply may change."""
    simulator = opened()
    with simulator.transaction() as world:
        rows = [*world.projects.all(), *world.datasets.all(), *world.models.all(), *world.images.all()]
        found = [str(row) for row in rows]
    simulator.close()
    return found


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeByHand:
    """A world made by hand, and the tree that declares it. Without pictures, nothing tells that one picture is there twice."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECONCILER_ENDPOINT", "simulator:world.db")
    simulator = opened()
    made = notebook(ByHand(simulator))
    with simulator.transaction() as rows:
        copies = [image.id for image in rows.images.all() if image.image_name == "mug copy.png"]
    console.delete_image(simulator, copies[0])
    simulator.close()
    tree_of(tmp_path, made)
    return made


@pytest.fixture
def adopted(world: MadeByHand, cli: Cli) -> MadeByHand:
    """All of it adopted, and renamed by no apply yet."""
    for ref, live_id in world.adopted():
        ran = cli("adopt", ref, str(live_id))
        assert ran.code == 0, ran.out + ran.err
        assert "in sync, without an upload or a training" in flat(ran.out)
    return world


def test_what_is_adopted_is_in_sync_but_for_its_names(adopted: MadeByHand, cli: Cli) -> None:
    """Adopting changes nothing live; the plan lists six renames, and an apply makes just these."""
    before = written()
    plan = flat(cli("plan").out)
    assert "6 live objects are renamed, nothing is destroyed." in plan
    assert "uploads none" in plan
    assert "trainings 0" in plan
    assert '"BriaPhant dataset" -> "elephants v1 (' in plan
    assert "3 datasets and 3 models adopted: what they hold was not verified by bytes" in plan
    assert written() == before
    applied = cli("apply", "--yes")
    assert applied.code == 0, applied.out + applied.err
    assert "6 live objects renamed." in flat(applied.out)
    assert len(set(before) ^ set(written())) == 2 * 6
    assert flat(cli("plan").out).startswith("In sync: 2 projects, 3 datasets (16 images), 3 models. 3 calls.")
    assert "In sync" in cli("plan", "--refresh", "full").out


def test_reports_say_that_it_was_adopted(adopted: MadeByHand, cli: Cli) -> None:
    assert "dataset/elephants v1 in sync, 6 images, adopted (id 200001)" in flat(cli("status").out)
    objects = json.loads(cli("status", "--format", "json").out)["objects"]
    assert sorted(one["ref"] for one in objects if one["adopted"]) == sorted(ref for ref, _ in adopted.adopted())
    history = cli("history", "model/elephant-max").out
    assert "trained, in force, adopted" in flat(history)
    assert '"is_adopted": true' in cli("history", "model/elephant-max", "--format", "json").out
    assert "elephant-max" in cli("output").out


def test_the_next_version_is_a_clone_in_which_images_are_known_by_their_names(adopted: MadeByHand, cli: Cli) -> None:
    """One image swapped: one clone, one upload, one removal, one training; after it digests stand in its own new name alone."""
    Path("manifests/elephants/3.png").write_bytes(drawn(99))
    plan = flat(cli("plan").out)
    assert "1 dataset gets a new version, 1 model is trained" in plan
    assert "uploads 1 image" in plan
    applied = cli("apply", "--yes", "--wait", "training")
    assert applied.code == 0, applied.out + applied.err
    assert flat(cli("plan").out).startswith("In sync")
    assert "In sync" in cli("plan", "--refresh", "full").out
    simulator = opened()
    with simulator.transaction() as rows:
        second = next(one for one in rows.datasets.all() if one.name.startswith("elephants v2 ("))
        names = sorted(image.image_name or "" for image in rows.images.of(second.id))
        captions = {image.image_name: image.caption for image in rows.images.of(second.id)}
    simulator.close()
    assert names[:3] == ["1.png", "2.png", "3." + names[2].split(".")[1] + ".png"]
    assert captions["5"] == "seen from behind."
    assert "v2" in cli("history", "dataset/elephants").out
    # The version after that is made of a dataset of ours, whose images bear the names of people all the same.
    Path("manifests/elephants/4.png").write_bytes(drawn(98))
    assert "uploads 1 image" in flat(cli("plan").out)
    assert cli("apply", "--yes", "--wait", "training").code == 0
    assert flat(cli("plan").out).startswith("In sync")


def test_an_apply_may_give_the_names_of_what_was_reviewed_without_an_account(world: MadeByHand, cli: Cli) -> None:
    """The pull request that adopts was planned offline, where nobody knows what the objects are called."""
    Path(".gitignore").write_text("world.db*\n.reconciler/\n*.json\n")
    git("init", "-q")
    commit_all()
    for ref, live_id in world.adopted():
        assert cli("adopt", ref, str(live_id)).code == 0
    git("rm", "-r", "-q", "--cached", "manifests")
    git("commit", "-qm", "as if none of it had been in git before")
    assert cli("plan", "--base", "HEAD", "--out", "reviewed.json").code == 0
    ran = cli("apply", "--within", "reviewed.json")
    assert ran.code == 0, ran.out + ran.err
    assert "6 live objects renamed." in flat(ran.out)


def test_a_manifest_that_is_renamed_and_changed_at_once_is_cloned(adopted: MadeByHand, cli: Cli) -> None:
    """Its entry goes with it, and its versions are known by both names until the next apply."""
    assert cli("apply", "--yes").code == 0
    assert cli("mv", "dataset/elephants", "beasts").code == 0
    Path("manifests/elephants/3.png").write_bytes(drawn(99))
    plan = flat(cli("plan").out)
    assert '"elephants v1 (' in plan
    assert "uploads 1 image" in plan
    applied = cli("apply", "--yes", "--wait", "training")
    assert applied.code == 0, applied.out + applied.err
    assert cli("plan").out.startswith("In sync")


def test_images_of_one_name_are_uploaded_afresh_for_the_next_version(adopted: MadeByHand, cli: Cli) -> None:
    """Nothing tells them apart in a clone. What people wrote on them is carried over."""
    Path("manifests/objects/plate.png").write_bytes(drawn(97))
    plan = flat(cli("plan").out)
    assert "made anew, everything is uploaded" in plan
    assert "several images of the newest version bear one name" in plan
    assert cli("apply", "--yes", "--wait", "training").code == 0
    assert flat(cli("plan").out).startswith("In sync")


def test_a_name_that_the_api_keeps_is_kept(adopted: MadeByHand, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays adopted under the name that people gave; the report says so, and how no apply tries again."""
    monkeypatch.delenv("RECONCILER_ENDPOINT")

    monkeypatch.setenv("BRIA_API_TOKEN", "anything")
    monkeypatch.setenv("RECONCILER_SETTLE", "0")
    with serving(opened(rename_completed="409")) as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        ran = cli("apply", "--yes")
        assert ran.code == 0, ran.out + ran.err
        assert "3 live objects renamed." in flat(ran.out)
        assert "write `keep_name: true` into its entry" in flat(ran.out)
        assert "3 live objects are renamed" in flat(cli("plan").out)
        text = FILE.read_text()
        FILE.write_text(text.replace("    images:", "    keep_name: true\n    images:"))
        assert flat(cli("plan").out).startswith("In sync")
        assert "in sync, 6 images, adopted (id 200001)" in flat(cli("status").out)


def test_an_entry_that_does_not_fit_is_refused_and_nothing_is_made(adopted: MadeByHand, cli: Cli) -> None:
    """What is gone, holds other images, or lies elsewhere would else be uploaded and trained anew."""
    simulator = opened()
    console.delete_model(simulator, 40001)
    console.add_image(simulator, 200003, "stranger.png")
    simulator.close()
    edit(FILE, "    project: 1001\n    id: 200002", "    project: 1002\n    id: 200002")
    before = written()
    plan = flat(cli("plan").out)
    assert "model/elephant-max was adopted as model 40001, which is not live, and no other version of it is" in plan
    assert '"Kites 2026-11" (id 200003) is adopted as dataset/kites, but holds 7 images, and its entry names 6' in plan
    assert '"objects v2 FINAL" (id 200002) lies in project 1001, and its entry at manifests/adopted.yaml:' in plan
    assert "trainings 0" in plan
    assert "uploads none" in plan
    assert cli("apply", "--yes").code == 4
    assert written() == before


def test_an_entry_that_was_lost_is_no_order_to_upload_everything(adopted: MadeByHand, cli: Cli) -> None:
    """Once renamed, the names say that it is ours, and its images carry no digests."""
    assert cli("apply", "--yes").code == 0
    FILE.unlink()
    assert flat(cli("plan").out).startswith("In sync")
    Path("manifests/elephants/3.png").write_bytes(drawn(99))
    ran = cli("plan")
    assert "carry no digest" in flat(ran.out)
    assert "`reconciler adopt dataset/elephants 200001`" in flat(ran.out)
    assert "Nothing can be done: see below." in flat(ran.out)
    Path("manifests/elephants/3.png").write_bytes(drawn(3))
    assert cli("adopt", "dataset/elephants", "200001").code == 0
    assert flat(cli("plan").out).startswith("In sync")


def test_entries_of_another_account_are_ignored_and_said(adopted: MadeByHand, cli: Cli) -> None:
    FILE.write_text(FILE.read_text().replace("account: 1001", "account: 77"))
    plan = flat(cli("plan").out)
    assert "adopted in another account, which is known by project 77, and ignored here: dataset/elephants" in plan
    assert "was made by hand: it holds 2 datasets and 2 models that git does not know" in plan
    assert "note: 1 dataset and 1 model adopted" in plan
    again = cli("adopt", "dataset/elephants", "200001")
    assert again.code == 4
    assert "is adopted in another account, which is known by project 77" in flat(again.err)


def test_adopting_again_changes_nothing(adopted: MadeByHand, cli: Cli) -> None:
    before = FILE.read_bytes()
    ran = cli("adopt", "dataset/kites", "200003", "--diff")
    assert (ran.code, ran.out.splitlines()[-1:]) == (0, []) or ran.code == 0
    assert "says this already" in ran.err
    assert FILE.read_bytes() == before


def test_pruning_and_destroying_know_it(adopted: MadeByHand, cli: Cli) -> None:
    """It is a version like any other, and reports call it by the name that people gave."""
    gone = flat(cli("destroy", "--yes", "--target", "model/kites-auto", "--allow", "deletions_percent=100").out)
    assert '"kites!" (id 40003)' in gone
    assert '"kites!" (id 40003) was made by people and adopted: nothing makes just that again' in gone
    assert "1 version deleted" in gone
    simulator = opened()
    with simulator.transaction() as rows:
        assert "kites!" not in [one.name for one in rows.models.all() if one.status != "Deleted"]
    simulator.close()


def test_git_lacks_a_file(world: MadeByHand, cli: Cli) -> None:
    """Nothing is written, unless a person wants it; then the next version is made without that image."""
    Path("manifests/kites/kite-a.png").unlink()
    ran = cli("adopt", "dataset/kites", "200003")
    assert ran.code == 4
    assert 'unknown "kite-a.png" (id ' in flat(ran.out)
    assert "git has no file for 1 image" in flat(ran.err)
    assert not FILE.exists()
    assert cli("adopt", "dataset/kites", "200003", "--accept-unknown").code == 0
    assert "- kite-a" in flat(cli("plan").out)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("dataset/nobody", "200001"), 64, "No manifest declares dataset/nobody."),
        (("dataset/elephants", "0"), 64, "'0' is no id: write the number that the API gives"),
        (("dataset/elephants", "x"), 64, "'x' is no id: write the number that the API gives"),
        (("dataset/elephants",), 64, "A ref and an id go together"),
        (("dataset/elephants", "1", "dataset/elephants", "2"), 64, "dataset/elephants is named twice."),
        (("dataset/elephants", "5"), 4, "dataset of this account has the id 5"),
        (("dataset/elephants", "200003"), 4, "which is not project/briaphant"),
        (("dataset/objects", "200001"), 4, "is a file of dataset/objects: it is another dataset"),
        (("dataset/objects", "200001", "--accept-unknown"), 4, "is a file of dataset/objects: it is another dataset"),
        (("model/elephant-max", "40001"), 4, "Adopt its dataset first: `reconciler adopt dataset/elephants 200001`."),
        (("model/elephant-max", "9"), 4, "model of this account has the id 9"),
        (("project/briaphant", "1002"), 4, 'ip_medium of "Kites, take 2" (id 1002) is "illustration"'),
        (("project/briaphant", "7"), 4, "project of this account has the id 7"),
    ],
)
def test_what_cannot_be_adopted(world: MadeByHand, cli: Cli, arguments: tuple[str, ...], code: int, words: str) -> None:
    """Each with its way on, and nothing is written."""
    ran = cli("adopt", *arguments)
    assert ran.code == code
    assert words in flat(ran.err)
    assert not FILE.exists()


def test_a_name_that_no_file_can_hold_is_refused_before_anything_is_written(world: MadeByHand, cli: Cli) -> None:
    """Else the whole tree could not be read any more."""
    simulator = opened()
    with simulator.transaction() as rows:
        image = next(one for one in rows.images.all() if one.image_name == "kite-a.png")
    console.edit_image(simulator, image.id, image_name="kite\x07-a.png")
    simulator.close()
    ran = cli("adopt", "dataset/kites", "200003", "--accept-unknown")
    assert ran.code == 4
    assert "this text holds a control character" in flat(ran.err)
    assert not FILE.exists()


def test_what_people_completed_without_a_caption_is_in_sync(world: MadeByHand, cli: Cli) -> None:
    """However much is read: it is frozen so."""
    simulator = opened()
    with simulator.transaction() as rows:
        image = next(one for one in rows.images.all() if one.image_name == "kite-a.png")
        rows.images.put(replace(image, caption=None, caption_source=None))
    simulator.close()
    assert "in sync, without" in flat(cli("adopt", "dataset/kites", "200003", "model/kites-auto", "40003").out)
    full = flat(cli("plan", "--refresh", "full", "--target", "model/kites-auto").out)
    assert "2 live objects are renamed" in full
    assert "refuses" not in full


def test_another_definition_is_not_adopted(world: MadeByHand, cli: Cli) -> None:
    """A model that would be trained anew at once is none that git declares."""
    assert cli("adopt", "dataset/objects", "200002").code == 0
    edit(Path("manifests/model-objects-expert.yaml"), '"rank": 64', '"rank": 32')
    ran = cli("adopt", "model/objects-expert", "40002")
    assert ran.code == 4
    assert "training.rank is 64, git declares 32" in flat(ran.err)


def test_all_of_it_is_adopted_at_once(world: MadeByHand, cli: Cli) -> None:
    """In the order in which one needs the other, with the lists read once; what is refused keeps nothing else back."""
    words = [word for ref, live_id in reversed(world.adopted()) for word in (ref, str(live_id))]
    Path("manifests/kites/kite-a.png").unlink()
    both = Path("manifests/project-kites.yaml"), Path("manifests/project-briaphant.yaml")
    text = "\n---\n".join(path.read_text() for path in both)
    both[0].write_text(text)
    both[1].unlink()
    ran = cli("-v", "adopt", *words, "project/kites", "1002", "project/briaphant", "1001")
    assert ran.code == 4
    assert ran.err.count("GET /tailored-gen/datasets: 200") == 1
    assert "git has no file for 1 image" in flat(ran.err)
    assert "Adopt its dataset first: `reconciler adopt dataset/kites 200003`" in flat(ran.err)
    assert cli("plan", "--exclude", "dataset/kites").out.count("renamed in place:") == 4
    documents = [json.loads(part) for part in both[0].read_text().split("\n---\n")]
    assert [one["metadata"] for one in documents] == [{"name": "kites", "id": 1002}, {"name": "briaphant", "id": 1001}]


def test_a_project_is_taken_over_by_its_id(world: MadeByHand, cli: Cli) -> None:
    """One line of the manifest."""
    path = Path("manifests/project-kites.yaml")
    before = path.read_text()
    shown = cli("adopt", "project/kites", "1002", "--diff")
    assert (shown.code, path.read_text()) == (0, before)
    assert '"id": 1002' in shown.out
    assert cli("adopt", "project/kites", "1002").code == 0
    assert '"id": 1002' in path.read_text()


def test_an_open_draft_is_adopted_and_goes_on(world: MadeByHand, cli: Cli) -> None:
    """It keeps its name until a run fills it, and what people wrote in it stays."""
    simulator = opened()
    hand = ByHand(simulator)
    pictures = [Picture(f"{number}.png", drawn(40 + number)) for number in range(6)]
    draft = hand.dataset(1001, "open one", pictures, status="draft")
    simulator.close()
    folder = Path("manifests/open")
    folder.mkdir()
    for picture in pictures:
        (folder / picture.name).write_bytes(picture.content)
    text = Path("manifests/dataset-elephants.yaml").read_text()
    text = text.replace('"elephants"', '"open"').replace('"elephants/"', '"open/"').replace('"file"', '"automatic"')
    Path("manifests/dataset-open.yaml").write_text(text.replace('"captions"', '"status": "draft", "captions"'))
    assert cli("adopt", "dataset/open", str(draft)).code == 0
    assert "dataset/open v1 draft, 6 images" in flat(cli("status").out)
    edit(Path("manifests/dataset-open.yaml"), '"status": "draft", ', "")
    assert cli("apply", "--yes", "--target", "dataset/open").code == 0
    simulator = opened()
    with simulator.transaction() as rows:
        live = rows.datasets.get(draft)
    simulator.close()
    assert live is not None
    assert (live.status, live.name[:9]) == ("completed", "open v1 (")


def test_pixels_tell_what_names_do_not(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures that the service cropped are compared with the files; another picture under the same name is found out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIA_API_TOKEN", "anything")
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    simulator = Simulator(switches={"era": "mixed"}, pictures=True)
    tree_of(tmp_path, notebook(ByHand(simulator)))
    with serving(simulator) as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        host = address.removeprefix("http://").removesuffix("/v1")
        assert f"`--pictures-from {host}` compares their pixels" in flat(cli("adopt", "dataset/objects", "200002").out)
        ran = cli("adopt", "dataset/objects", "200002", "--pictures-from", host)
        assert ran.code == 0, ran.out + ran.err
        assert "5 live images and 4 files in git: 5 certain" in ran.out
        assert "in sync, without an upload or a training" in flat(ran.out)
        assert "compared: pixels, distance: 0." in FILE.read_text()
        Path("manifests/elephants/2.png").write_bytes(drawn(77))
        other = cli("adopt", "dataset/elephants", "200001", "--pictures-from", host)
        assert other.code == 4
        assert '"2.png" (id 3000002) is no known file: 2.png bears its name and is another picture' in flat(other.out)
        assert "5 certain, 1 unknown" in other.out
        assert "dataset/elephants" not in FILE.read_text()


def test_a_dataset_of_archives_is_known_by_the_names_that_the_api_shows(
    world: MadeByHand, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An image that goes is a clone; one that comes is a new archive, as in any dataset of archives."""
    simulator = opened()
    tiles = ByHand(simulator).dataset(1001, "all tiles", [], status="draft", upload_type="advanced")
    for number in range(7):
        console.add_image(simulator, tiles, f"tile {number}.png")
    console.edit_dataset(simulator, tiles, status="completed")
    simulator.close()
    folder = Path("manifests/tiles")
    folder.mkdir()
    for number in range(7):
        (folder / f"tile {number}.png").write_bytes(drawn(60 + number, 1024, 1024))
    text = Path("manifests/dataset-elephants.yaml").read_text()
    text = text.replace('"elephants"', '"tiles"').replace('"elephants/"', '"tiles/"').replace('"file"', '"automatic"')
    Path("manifests/dataset-tiles.yaml").write_text(text.replace('"captions"', '"upload_type": "advanced", "captions"'))
    only = ("--target", "dataset/tiles")
    assert "in sync, without an upload" in flat(cli("adopt", "dataset/tiles", str(tiles)).out)
    assert cli("apply", "--yes", *only).code == 0
    assert cli("plan", *only).out.startswith("In sync")
    (folder / "tile 6.png").unlink()
    plan = flat(cli("plan", *only).out)
    assert "removals 1 image" in plan
    assert "uploads none" in plan
    assert cli("apply", "--yes", *only).code == 0
    assert cli("plan", *only).out.startswith("In sync")
    (folder / "tile 9.png").write_bytes(drawn(70, 1024, 1024))
    assert "7 images are sent again" in flat(cli("plan", *only).out)
