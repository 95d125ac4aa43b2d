"""Training parameters are sent and counted; the policy never is, and neither knows more than its own fields."""

import ast
import dataclasses
import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import pytest

from reconciler.core.desired import DesiredModel
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.manifest.training_spec import Bounds, ParameterKeys, PolicyKeys, Training
from reconciler.core.training import DEFAULT_POLICY, TrainingPolicy
from reconciler.core.typed import Key, names_of, read
from tests.core.build import model

ROOT = Path(__file__).parents[2]
OTHER_POLICY = TrainingPolicy(
    start=False, retrain="never", on_failure="retrain", retries=5, on_superseded="stop", keep_checkpoints=(1000,)
)
COUNTED = {"training_mode", "training_version", "parameters"}
"""Fields of a model that its fingerprint is made of, beside the fingerprint of its dataset."""


def test_another_policy_is_the_same_version() -> None:
    """No key of it makes another fingerprint, alone or with all others."""
    made = model_fingerprint(model(), "a0")
    for field in dataclasses.fields(TrainingPolicy):
        assert getattr(OTHER_POLICY, field.name) != getattr(DEFAULT_POLICY, field.name)
        one = TrainingPolicy(**{field.name: getattr(OTHER_POLICY, field.name)})
        assert model_fingerprint(replace(model(), policy=one), "a0") == made
    assert model_fingerprint(replace(model(), policy=OTHER_POLICY), "a0") == made


def test_only_what_is_counted_is_read_for_a_fingerprint() -> None:
    """A model that has nothing but what counts has the same fingerprint: whatever is added later, it is not looked at."""

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class OnlyCounted(DesiredModel):
        def __getattribute__(self, name: str) -> object:
            assert name.startswith("__") or name in COUNTED, name
            return object.__getattribute__(self, name)

    whole = model(training_mode="expert", training_version="bria-3.2", parameters=(("rank", 128),))
    bare = OnlyCounted(
        **{field.name: object.__getattribute__(whole, field.name) for field in dataclasses.fields(DesiredModel)}
    )
    assert model_fingerprint(bare, "a0") == model_fingerprint(whole, "a0")


def test_a_key_that_is_added_to_the_policy_is_no_parameter() -> None:
    """It is declared and read, and neither sent nor counted: no release trains a fleet anew by accident."""

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class LaterPolicyKeys(PolicyKeys):
        patience: Annotated[int, Key(ge=1)] = 3

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class LaterTraining(ParameterKeys, LaterPolicyKeys):
        pass

    told = read(LaterTraining, {"patience": 9, "rank": 64})
    assert told.patience == 9
    assert told.parameters == (("rank", 64),)
    assert read(LaterTraining, {"patience": 9}).parameters == read(Training, {}).parameters == ()


def test_a_parameter_that_is_added_is_one_field() -> None:
    """Its bounds stand at the field, and it is among the parameters without being named anywhere."""
    assert not names_of(ParameterKeys) & names_of(PolicyKeys)
    declared = {"lr_warmup_steps": 0, "rank": 4, "learning_rate": 1, "lr_scheduler": "linear"}
    told = read(Training, {"start": False, **declared})
    assert told.parameters == tuple(sorted(declared.items()))
    assert isinstance(dict(told.parameters)["learning_rate"], float)
    assert told.bounds_of("rank") == Bounds(low=4, high=256)
    assert told.bounds_of("lr_scheduler") is None


@pytest.mark.parametrize("name", sorted(names_of(ParameterKeys)))
def test_a_parameter_is_named_in_its_type_the_simulator_and_the_documents_only(name: str) -> None:
    """So a new one touches these three, and the schema for editors that is made from its type."""
    naming = set()
    for path in (ROOT / "reconciler").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = {getattr(node, "value", None), getattr(node, "attr", None), getattr(node, "arg", None)}
            if name in {one for one in names if isinstance(one, str)} or _declares(node, name):
                naming.add(path.relative_to(ROOT / "reconciler").as_posix())
    assert {where for where in naming if not where.startswith("simulator/")} <= {
        "core/manifest/training_spec.py"
    } | NOT_IT
    assert name in json.dumps(json.loads((ROOT / "docs/manifest.schema.json").read_text()))
    assert f"`{name}`" in (ROOT / "docs/manifests.md").read_text()


NOT_IT = {"execute/slots.py"}
"""The rank of an action among those that wait."""


def _declares(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name
