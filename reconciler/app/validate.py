"""Read a tree of manifests into what it asks for; nothing is sent."""

from reconciler.app.settings import Settings
from reconciler.core.declare.resolve import resolve
from reconciler.core.desired import Desired
from reconciler.core.fingerprint import dataset_fingerprint, model_fingerprint
from reconciler.files.load import load
from reconciler.render.fingerprint import Printed


def validate(settings: Settings) -> Desired:
    """What the manifests ask for; ProblemsFound carries all that is wrong with them."""
    return resolve(load(settings.root))


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
