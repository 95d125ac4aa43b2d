"""docs/doctor.md says what the table of rules says."""

import re
from pathlib import Path

from reconciler.core.manifest.loaded import Manifest
from reconciler.core.manifest.reading import read_manifest
from reconciler.core.manifest.spec import DatasetBody
from reconciler.doctor.docs_page import doctor_page
from reconciler.doctor.waivers import waiver_problems
from reconciler.files.yaml.reading import read_yaml

PAGE = Path(__file__).parents[2] / "docs" / "doctor.md"


def test_the_page_is_that_of_the_table(update_golden: bool) -> None:
    if update_golden:
        PAGE.write_text(doctor_page(), encoding="utf-8", newline="\n")
    assert PAGE.read_text(encoding="utf-8") == doctor_page(), "run pytest tests/doctor --update-golden"


def test_the_example_of_the_page_is_a_manifest_with_sound_waivers() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", doctor_page(), re.DOTALL)
    (document,) = read_yaml(block.encode(), "docs/doctor.md").documents
    manifest = read_manifest(document)
    assert isinstance(manifest, Manifest)
    assert isinstance(manifest.body, DatasetBody)
    assert list(waiver_problems(manifest, manifest.body.spec)) == []
