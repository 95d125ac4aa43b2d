"""A property-based run of the simulator's description of each era against the simulator on a real socket."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.core.transport import Response as Answer
from schemathesis.generation.stateful.state_machine import APIStateMachine
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi import checks as conformance

from reconciler.simulator import ManualClock, Simulator, serving
from reconciler.simulator.openapi import document
from reconciler.simulator.route import ROOT, ROUTES
from tests.simulator.outsider import directly, picture

pytestmark = pytest.mark.slow
Case = schemathesis.Case[Any]
EXAMPLES = int(os.environ.get("SIMULATOR_CONFORMANCE_EXAMPLES", "7"))
BOUNDS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
# What a valid body says about other objects (an unknown id, a taken slot) is not in its schema: no check of that.
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    conformance.status_code_conformance,
    conformance.content_type_conformance,
    conformance.response_headers_conformance,
    conformance.response_schema_conformance,
    conformance.negative_data_rejection,
]
SECOND = {route.template for route in ROUTES if route.root != ROOT}
COLOURS = ("red", "green", "blue", "white", "black")


class Furnished(Simulator):
    """A simulator with one of everything in its world, which can be put back to what it held at first."""

    def __init__(self, era: str) -> None:
        self.clock = ManualClock()
        super().__init__(clock=self.clock, switches={"list_latency_ms": "0", "era": era})
        self.era = era
        self.ids = self._furnish()
        with self.transaction() as world:
            self._first = [row for table in world.tables().values() for row in table.all()]

    def _furnish(self) -> dict[str, list[int]]:
        """Fill the world; gives the ids of what is in it."""
        api = directly(self)
        project = api.project()
        draft, completed = api.dataset(project), api.dataset(project)
        advanced = api.dataset(project, upload_type="advanced")
        images = [api.upload(draft, picture(colour))["id"] for colour in COLOURS[:3]]
        if self.era == "current":
            api.put(f"/tailored-gen/datasets/{completed}", {"visual_schema": "{}"})
        for colour in COLOURS:
            api.upload(completed, picture(colour))
        api.put(f"/tailored-gen/datasets/{completed}", {"status": "completed"})
        models = [api.model(completed, training_mode=mode) for mode in ("expert", "fully_automated", "expert")]
        for model in models[:2]:
            api.post(f"/tailored-gen/models/{model}/start_training")
        self.clock.advance(4 * 3600)
        return {
            "project_id": [project],
            "dataset_id": [draft, completed, advanced],
            "image_id": images,
            "model_id": models,
            "checkpoint_step": [500, 1000],
        }

    def renew(self) -> None:
        """Every example begins with the same world."""
        with self.transaction() as world:
            for table in world.tables().values():
                for row in table.all():
                    table.drop(row.id)
            for row in self._first:
                world.put(row)


def described(simulator: Furnished) -> BaseSchema:
    """The description of the era that a simulator plays, with ids that exist in two paths of three.

    Every request carries a token, so it is read without its security; `test_transport` tests tokens.
    """
    schema = schemathesis.openapi.from_dict({**json.loads(json.dumps(document(simulator.era))), "security": []})

    @schema.hook("map_path_parameters")
    def lead_somewhere(_context: object, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
        for name, value in (path_parameters or {}).items():
            if isinstance(value, int) and value % 3 and path_parameters is not None:
                path_parameters[name] = simulator.ids[name][value % len(simulator.ids[name])]
        return path_parameters

    return schema


SIMULATORS = {era: Furnished(era) for era in ("legacy", "mixed", "current")}
LEGACY, MIXED, CURRENT = (described(simulator) for simulator in SIMULATORS.values())


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """The base address of each era."""
    with ExitStack() as stack:
        yield {era: stack.enter_context(serving(simulator)) for era, simulator in SIMULATORS.items()}


def below(address: str, case: Case) -> str:
    """The base address of an operation: some live below `/v2`, and the library takes one base for all."""
    return address.replace("/v1", "/v2") if case.path in SECOND else address


def conforms(addresses: dict[str, str], era: str, case: Case) -> None:
    """Whatever is asked of an operation, its answer is one that the description allows."""
    SIMULATORS[era].renew()
    case.call_and_validate(base_url=below(addresses[era], case), headers={"api_token": "t"}, checks=CHECKS)


@LEGACY.parametrize()
@BOUNDS
def test_legacy_conforms(addresses: dict[str, str], case: Case) -> None:
    """The legacy era."""
    conforms(addresses, "legacy", case)


@MIXED.include(operation_id_regex="^(create|update|clone|get-(project|dataset|model)s?-?)").parametrize()
@BOUNDS
def test_mixed_conforms(addresses: dict[str, str], case: Case) -> None:
    """The mixed era: the operations that it has in another form than the two others."""
    conforms(addresses, "mixed", case)


@CURRENT.parametrize()
@BOUNDS
def test_current_conforms(addresses: dict[str, str], case: Case) -> None:
    """The current era."""
    conforms(addresses, "current", case)


@pytest.mark.parametrize(("era", "schema"), [("legacy", LEGACY), ("current", CURRENT)], ids=["legacy", "current"])
def test_chains_conform(addresses: dict[str, str], era: str, schema: BaseSchema) -> None:
    """Answers that feed later requests lead to answers that the description allows, too."""

    class Chain(cast("type[APIStateMachine]", schema.as_state_machine())):  # type: ignore[misc]
        def setup(self) -> None:
            SIMULATORS[era].renew()

        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return {"base_url": below(addresses[era], case), "headers": {"api_token": "t"}}

        def validate_response(self, response: Answer, case: Case, **_rest: object) -> None:
            case.validate_response(response, checks=CHECKS)

    Chain.run(settings=settings(BOUNDS, max_examples=max(4, EXAMPLES // 2), stateful_step_count=12))
