"""Execute a plan and fold what happened into a report."""

from collections.abc import Callable
from dataclasses import dataclass

from reconciler.app.images import images_of, require_content
from reconciler.app.planning import Planned
from reconciler.app.session import Session
from reconciler.app.settings import Settings
from reconciler.core.event import Event, Report
from reconciler.core.plan import Plan
from reconciler.core.run.report import fold
from reconciler.execute import Brake, Narrator, Options, Wait, execute


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How a plan is executed: what is waited for, how it is stopped, who watches, and the journal."""

    wait: Wait
    brake: Brake
    narrator: Narrator
    told: Callable[[Event], None]


async def apply(opened: Session, settings: Settings, planned: Planned, plan: Plan, order: Order) -> Report:
    """Do what `plan` says, which must be `planned.plan` or a part of it; ProblemsFound before the first request."""
    options = Options(settle=settings.settle, concurrency=settings.concurrency, wait=order.wait, brake=order.brake)
    before, began = opened.client.calls, opened.clock.now()
    events: list[Event] = []
    with images_of(settings.root) as images:
        require_content(plan, planned.desired, images.tree)
        running = execute(
            plan,
            client=opened.client,
            images=images,
            journal=order.narrator,
            clock=opened.clock,
            options=options,
        )
        async for event in running:
            events.append(event)
            order.told(event)
    return fold(
        plan,
        events,
        calls=opened.client.calls - before,
        seconds=opened.clock.now() - began,
    )
