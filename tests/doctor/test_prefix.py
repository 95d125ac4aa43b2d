"""The prefix names the subject as the project does, and lets captions go on."""

import pytest

from reconciler.core.manifest.spec import ProjectSpec
from reconciler.doctor.prefix import judge_prefix
from tests.doctor.build import HERE, PREFIX


def spec(ip_type: str = "defined_character", **fields: str | None) -> ProjectSpec:
    told = {"ip_name": "Lora", "ip_description": "a female character with purple hair", "ip_medium": "illustration"}
    return ProjectSpec.model_validate(
        {key: value for key, value in {**told, **fields, "ip_type": ip_type}.items() if value}
    )


@pytest.mark.parametrize(
    ("prefix", "project", "found"),
    [
        pytest.param(PREFIX, spec(), [], id="as Bria writes it"),
        pytest.param("", spec(), [], id="no prefix is another rule's business"),
        pytest.param(PREFIX, None, [], id="no project"),
        pytest.param(PREFIX.replace("Lora", "LORA"), spec(), [], id="the name in capitals"),
        pytest.param(PREFIX.replace("Lora", "Nina"), spec(), ["prefix-name"], id="another name"),
        pytest.param(PREFIX.replace("Lora", "Nina"), spec("other"), [], id="only characters have names"),
        pytest.param(
            "A mug with a wide handle,", spec("object_variants", ip_description="a mug, wide handle"), [], id="ok"
        ),
        pytest.param(PREFIX, spec(ip_description="a girl with green hair"), ["prefix-description"], id="edited since"),
        pytest.param("A landscape,", spec("stylized_scene"), [], id="a scene is not described"),
        pytest.param(f"{PREFIX[:-1]}.", spec(), ["prefix-end"], id="a full stop"),
    ],
)
def test_prefixes(prefix: str, project: ProjectSpec | None, found: list[str]) -> None:
    assert [finding.rule for finding in judge_prefix(prefix, project, HERE)] == found


def test_the_missing_words_are_named() -> None:
    (finding,) = judge_prefix(PREFIX, spec(ip_description="a girl with green hair"), HERE)
    assert finding.summary == "the prefix lacks 2 words of ip_description"
    assert finding.detail == '"girl", "green".'
