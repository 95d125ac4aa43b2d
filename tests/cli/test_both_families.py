"""The main job over both families at once, with an archive of a thousand images, through `reconciler simulate` and sockets."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, flat
from tests.cli.test_streams import serving
from tests.execute.world import png

NUMBER = 1_000
MANIFESTS = """\
apiVersion: reconciler/v1
kind: Project
metadata: {name: kites}
spec: {project_name: Kites, ip_medium: illustration, ip_type: other, family: schema}
---
apiVersion: reconciler/v1
kind: Dataset
metadata: {name: kites}
spec:
  project: kites
  upload_type: advanced
  visual_schema: {style: flat, sky: pale blue}
  images: {path: kites/}
  captions: {source: file}
---
apiVersion: reconciler/v1
kind: Model
metadata: {name: kites-expert}
spec: {dataset: kites, training_mode: expert}
"""


@pytest.fixture
def both(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tree of the prefix family, and beside it a project of the schema family with a thousand images."""
    (tree / "manifests/kites.yaml").write_text(MANIFESTS)
    (tree / "manifests/reconciler.yaml").write_text("limits: {trainings: 2}\n")
    images = tree / "manifests/kites"
    images.mkdir()
    for number in range(NUMBER):
        (images / f"p{number:04}.png").write_bytes(png(f"kite {number}", 1030))
    (images / "captions.yaml").write_text("p0000: {shape: star}\np0999:\n  shape: fish\n  colours: [red, blue]\n")
    monkeypatch.setenv("BRIA_API_TOKEN", "anything")
    monkeypatch.setenv("RECONCILER_SETTLE", "0.1")
    monkeypatch.setenv("RECONCILER_TIER", "enterprise")
    monkeypatch.setenv("RECONCILER_ARCHIVE_STORE", f"file://{tree}/store")
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tree


def test_both_families_come_to_be_in_sync(both: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five images go one by one, a thousand in one request; two captions of the schema family are written one by one."""
    arguments = ("--set", "era=mixed", "--speed", "5000", "--request-log", "requests.jsonl", "--db", "served.db")
    with serving(both, *arguments) as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        ran = cli("apply", "--yes")
        assert ran.code == 0, ran.out + ran.err
        assert "2 projects created, 2 versions completed, 2 trainings started." in flat(ran.out)
        assert cli("plan").out.startswith("In sync: 2 projects, 2 datasets (1,005 images), 2 models. 3 calls.")
    asked = [json.loads(line) for line in (both / "requests.jsonl").read_text().splitlines()]
    posts = [one["path"] for one in asked if one["method"] == "POST"]
    assert sum(path.endswith("/images") for path in posts) == 5
    assert sum(path.endswith("/images/bulk-upload") for path in posts) == 1
    puts = [one["path"] for one in asked if one["method"] == "PUT" and "/images/" in one["path"]]
    assert len(puts) == 5 + 2
