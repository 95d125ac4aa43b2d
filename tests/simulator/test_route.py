"""The table of operations."""

from importlib import import_module

import pytest

from reconciler.simulator.route import ROUTES, Route


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.root}{route.template}")
def test_each_operation_is_one_that_can_be_imported(route: Route) -> None:
    """What carries it out is imported when it is asked for, and then it must be there."""
    assert callable(getattr(import_module(route.act.__module__), route.act.__qualname__))
