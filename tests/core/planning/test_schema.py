"""The published form of plan files: fresh, and true of every plan that is written."""

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from reconciler.core.plan import Plan
from reconciler.core.planning.plan_file import dump_plan, plan_schema
from tests.render import sample
from tests.render.html import album

VALIDATOR = jsonschema.Draft202012Validator(plan_schema())


def test_the_schema_in_the_documents_is_fresh() -> None:
    written = (Path(__file__).parents[3] / "docs" / "plan.schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == plan_schema(), "reconciler schema plan > docs/plan.schema.json"


@pytest.mark.parametrize("plan", [sample.plan(), album.plan(), sample.plan(changes=(), actions=(), wishes=())])
def test_what_is_written_is_of_this_form(plan: Plan) -> None:
    """Every kind of change; and nothing else is."""
    VALIDATOR.check_schema(VALIDATOR.schema)
    written = json.loads(dump_plan(plan))
    VALIDATOR.validate(written)
    for broken in ({**written, "more": 1}, {**written, "digest": "5f2c"}, {"digest": written["digest"]}):
        assert not VALIDATOR.is_valid(broken)
    del written["plan"]["subject"]
    assert not VALIDATOR.is_valid(written)
