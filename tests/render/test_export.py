"""What an export says: what was written, what is missing, what to do next."""

from reconciler.core.live import Live, Observed, by_identity
from reconciler.core.look.export import Selection, select
from reconciler.core.look.overview import overview
from reconciler.render.export import ExportReport, export_view
from reconciler.render.text import render_text
from tests.core.build import live_dataset, live_model, live_project


def selection(models: int) -> Selection:
    things: list[Live] = [
        live_project(),
        live_dataset(10, "Poses"),
        *(live_model(30 + number, f"hero {number}") for number in range(models)),
        live_model(99, "alone", dataset_id=5),
    ]
    return select(overview(Observed(live=by_identity(things))))


def printed(report: ExportReport, width: int = 200) -> str:
    return render_text(export_view(report), width=width)


def test_everything_that_is_not_as_wished_is_named() -> None:
    """Images that did not come, that are called otherwise, that are there twice; captions that no file can hold."""
    said = printed(
        ExportReport(
            folder="out",
            selection=selection(0),
            written=[],
            same=["a"],
            differing=["lora/poses/x.png"],
            pictures=2,
            missed={("dataset/poses", "gone (404)"): ["1.png", "2.png", "3.png", "4.png", "5.png"]},
            renamed=[("dataset/poses", "a:b.png", "a-b.png")],
            doubles=[("dataset/poses", "copy.png", "x.png")],
            unfit=[("dataset/poses", "k1.png"), ("dataset/poses", "k2.png")],
            hosts=["a.example"],
            problems="1 problem",
        )
    )
    assert said == (
        "out: 1 project, 1 dataset, 2 pictures of the API.\n"
        "The pictures are what the API shows, which may be cropped to a square and scaled, and not the files that were uploaded.\n"
        "Nothing new to write, 1 file there already.\n\n"
        'Left out: model "alone" (id 99): the dataset that it was trained on is not live any more.\n\n'
        "1 file there already, with other content; left as it is:\n  lora/poses/x.png\n"
        'dataset/poses: 5 pictures did not come: gone (404) ("1.png", "2.png", "3.png" and 2 more).\n'
        'dataset/poses: 1 file with another name than the image has ("a:b.png" as "a-b.png").\n'
        'dataset/poses: "copy.png" shows the same picture as "x.png": one file.\n'
        'dataset/poses: 2 captions left out, for want of a JSON object ("k1.png", "k2.png").\n\n'
        "Start the same command again to go on: what has come does not come again.\n"
        "`reconciler validate --root out` finds 1 problem.\n"
        "Review the files, commit them, then adopt what is live:\n"
        "  reconciler adopt \\\n    --root out \\\n    --pictures-from a.example \\\n    dataset/poses 10\n"
    )


def test_all_objects_stand_in_one_command_that_can_be_copied() -> None:
    """From a terminal of any width."""
    report = ExportReport(
        folder="out",
        selection=selection(20),
        written=["a", "b"],
        same=[],
        differing=[],
        pictures=0,
        missed={},
        renamed=[],
        doubles=[],
        unfit=[],
        has_images=False,
    )
    said = printed(report)
    command = printed(report, width=40).partition("  reconciler adopt")[2]
    assert command.count("\n    model/hero-") == 20
    assert all(line.endswith(" \\") for line in command.splitlines()[:-1])
    assert "2 files written.\n" in said
    assert "Put the files that were uploaded into the folders that the manifests name, or add `--images`." in said
