"""A property-based run of the simulator's own description of itself against the simulator on a real socket."""

import json
import os
from collections.abc import Iterator
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.core.transport import Response as Answer
from schemathesis.generation.stateful.state_machine import APIStateMachine
from schemathesis.specs.openapi import checks as conformance

from reconciler.simulator import ManualClock, Request, Response, Simulator, serving
from reconciler.simulator.openapi import document
from tests.simulator.outsider import directly, picture

pytestmark = pytest.mark.slow
Case = schemathesis.Case[Any]
EXAMPLES = int(os.environ.get("SIMULATOR_CONFORMANCE_EXAMPLES", "20"))
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
# Every request carries a token, so the description is read without its security; `test_transport` tests tokens.
SCHEMA = schemathesis.openapi.from_dict({**json.loads(json.dumps(document())), "security": []})


class Furnished(Simulator):
    """A simulator that can be put back to a world with one of everything in it."""

    ids: dict[str, list[int]]
    inner: Simulator

    def handle(self, request: Request) -> Response:
        return self.inner.handle(request)

    def renew(self) -> None:
        """Every example begins with the same world."""
        clock = ManualClock()
        self.inner = Simulator(clock=clock, switches={"list_latency_ms": "0"})
        api = directly(self.inner)
        project = api.project()
        draft, completed = api.dataset(project), api.dataset(project)
        images = [api.upload(draft, picture(colour))["id"] for colour in ("red", "green", "blue")]
        api.upload(completed, picture("red"))
        api.put(f"/tailored-gen/datasets/{completed}", {"status": "completed"})
        models = [api.model(completed, training_mode=mode) for mode in ("expert", "fully_automated", "expert")]
        for model in models[:2]:
            api.post(f"/tailored-gen/models/{model}/start_training")
        clock.advance(4 * 3600)
        self.ids = {
            "project_id": [project],
            "dataset_id": [draft, completed],
            "image_id": images,
            "model_id": models,
            "checkpoint_step": [500, 1000],
        }


SIMULATOR = Furnished()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(SIMULATOR) as url:
        yield url


@SCHEMA.hook("map_path_parameters")
def lead_somewhere(_context: object, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Replace two in three whole numbers by ids that exist."""
    for name, value in (path_parameters or {}).items():
        if isinstance(value, int) and value % 3 and path_parameters is not None:
            path_parameters[name] = SIMULATOR.ids[name][value % len(SIMULATOR.ids[name])]
    return path_parameters


SIMULATOR.renew()


@SCHEMA.parametrize()
@BOUNDS
def test_operation_conforms(address: str, case: Case) -> None:
    """Whatever is asked of an operation, its answer is one that the description allows."""
    SIMULATOR.renew()
    case.call_and_validate(base_url=address, headers={"api_token": "t"}, checks=CHECKS)


def test_chains_conform(address: str) -> None:
    """Answers that feed later requests lead to answers that the description allows, too."""

    class Chain(cast("type[APIStateMachine]", SCHEMA.as_state_machine())):  # type: ignore[misc]
        def setup(self) -> None:
            SIMULATOR.renew()

        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return {"base_url": address, "headers": {"api_token": "t"}}

        def validate_response(self, response: Answer, case: Case, **_rest: object) -> None:
            case.validate_response(response, checks=CHECKS)

    Chain.run(settings=settings(BOUNDS, max_examples=max(4, EXAMPLES // 2), stateful_step_count=12))
