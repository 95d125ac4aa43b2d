"""Read a tree of manifests into what it asks for; nothing is sent."""

from dataclasses import replace
from datetime import date

from reconciler.app.settings import Settings
from reconciler.core.desired import Desired
from reconciler.core.fingerprint import dataset_fingerprint, model_fingerprint
from reconciler.core.manifest.resolve import resolve
from reconciler.core.problem import ProblemsFound
from reconciler.doctor.diagnose import without_waived
from reconciler.doctor.waivers import judge_waivers
from reconciler.files.load import load
from reconciler.render.fingerprint import Printed


def validate(settings: Settings, today: date) -> Desired:
    """What the manifests ask for; ProblemsFound carries all that is wrong with them.

    Of the warnings those stay that no manifest waives on this day.
    """
    loaded = load(settings.root)
    try:
        desired = resolve(loaded, further=judge_waivers(loaded))
    except ProblemsFound as found:
        raise ProblemsFound(without_waived(loaded, found.problems, today)) from None
    return replace(desired, warnings=without_waived(loaded, desired.warnings, today))


def printed(desired: Desired) -> tuple[Printed, ...]:
    """The fingerprint of each declared model: the same on every machine and in every account."""
    datasets = {ref: dataset_fingerprint(dataset) for ref, dataset in desired.datasets.items()}
    return tuple(
        Printed(
            ref=model.ref,
            fingerprint=model_fingerprint(model, datasets[model.dataset]),
            dataset=model.dataset,
            dataset_fingerprint=datasets[model.dataset],
        )
        for model in desired.models.values()
    )
