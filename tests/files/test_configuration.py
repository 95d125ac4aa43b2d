"""H78: `reconciler.yaml` says how to run, and nothing about whom to trust."""

from datetime import date

import pytest

from reconciler.core.account import Account
from reconciler.core.kind import Kind
from reconciler.core.limit import LIMIT_NAMES, Limits
from reconciler.core.look.ignore import Ignore
from reconciler.core.manifest.run_keys import LimitsFile
from reconciler.core.problem import Problem
from reconciler.core.ref import Ref
from reconciler.core.typed import keys_of
from reconciler.files.configuration import VENDOR, Configuration, load_configuration
from tests.files.conftest import Brand

IGNORE = "drift: {ignore: [{%s}]}"


def problems(empty: Brand, text: str | bytes) -> list[str]:
    empty.write("reconciler.yaml", text)
    found = load_configuration(empty.root)
    assert found.problems
    assert (found.endpoint, found.tier, found.limits) == (None, None, Limits())
    return [said(problem) for problem in found.problems]


def said(problem: Problem) -> str:
    place = str(problem.location).removeprefix("manifests/reconciler.yaml").removeprefix(":")
    return f"{place} {problem.rule}"


def test_nothing_is_set_without_a_file_or_with_an_empty_one(empty: Brand) -> None:
    assert load_configuration(empty.root) == Configuration()
    assert load_configuration(empty.root / "missing") == Configuration()
    for text in ("", "# all defaults\n", "---\n"):
        empty.write("reconciler.yaml", text)
        assert load_configuration(empty.root) == Configuration()


def test_everything_can_be_set(empty: Brand) -> None:
    empty.write(
        "reconciler.yaml",
        f"endpoint: {VENDOR}\ntier: starter\nconcurrency: 8\nsettle: 2.5\n"
        "limits: {trainings: 3, caption_rewrites: 5, image_removals_percent: 50,\n"
        "  uploads: 40, image_removals: 10, deletions: 2, deletions_percent: 20}\n"
        "expect: {trainings: 0, uploads: 12, deletions: 1}\n",
    )
    assert load_configuration(empty.root) == Configuration(
        endpoint=VENDOR,
        tier="starter",
        concurrency=8,
        settle=2.5,
        limits=Limits(
            trainings=3,
            caption_rewrites=5,
            image_removals_percent=50,
            uploads=40,
            image_removals=10,
            deletions=2,
            deletions_percent=20,
        ),
        expect={"trainings": 0, "uploads": 12, "deletions": 1},
    )


def test_every_limit_of_the_guard_has_its_key() -> None:
    assert tuple(keys_of(LimitsFile)) == LIMIT_NAMES


def test_expectations_are_only_what_is_said(empty: Brand) -> None:
    empty.write("reconciler.yaml", "expect: {trainings: 0}\n")
    assert load_configuration(empty.root).expect == {"trainings": 0}
    empty.write("reconciler.yaml", "expect: {}\n")
    assert load_configuration(empty.root).expect == {}


def test_differences_that_stay_have_a_reason_and_maybe_a_last_day(empty: Brand) -> None:
    empty.write(
        "reconciler.yaml",
        "drift:\n  ignore:\n"
        "    - {object: project/lora, field: project_description, reason: ' brand team ', until: 2027-01-31}\n"
        "    - {object: model/lora-max, field: description, reason: notes}\n",
    )
    lora, lora_max = Ref(Kind.PROJECT, "lora"), Ref(Kind.MODEL, "lora-max")
    assert load_configuration(empty.root).ignores == (
        Ignore(ref=lora, field="project_description", reason="brand team", until=date(2027, 1, 31)),
        Ignore(ref=lora_max, field="description", reason="notes"),
    )
    for text in ("drift: {}", "drift: {ignore: []}"):
        empty.write("reconciler.yaml", text)
        assert load_configuration(empty.root) == Configuration()


@pytest.mark.parametrize(
    ("rule", "remedy"),
    [
        ("object: project/lora, feild: '*', reason: x", 'Did you mean "field"?'),
        ("object: project/lora, field: stray, reason: x", 'Did you mean "strays"?'),
    ],
)
def test_a_guess_is_made_within_a_list(empty: Brand, rule: str, remedy: str) -> None:
    empty.write("reconciler.yaml", IGNORE % rule)
    assert remedy in [problem.remedy for problem in load_configuration(empty.root).problems]


def test_what_is_left_out_keeps_its_default(empty: Brand) -> None:
    empty.write("reconciler.yaml", "endpoint: simulator\nsettle: 0\nlimits: {trainings: 0}\n")
    found = load_configuration(empty.root)
    assert (found.endpoint, found.settle, found.tier, found.concurrency) == ("simulator", 0, None, None)
    assert found.limits == Limits(trainings=0)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example/v1",
        "http://engine.prod.bria-api.com/v1",
        "https://engine.prod.bria-api.com.evil.example/v1",
        "https://engine.prod.bria-api.com/v1/",
        "https://user:pw@engine.prod.bria-api.com/v1",
        "http://127.0.0.1:8000",
        "simulator:/etc/passwd",
        "Simulator",
        "''",
    ],
)
def test_h78_no_other_endpoint_may_come_from_a_file(empty: Brand, endpoint: str) -> None:
    assert problems(empty, f"tier: pro\nendpoint: {endpoint}") == ["2:11 configuration-endpoint"]


@pytest.mark.parametrize("key", ["token", "api_token", "token_file"])
def test_h78_a_token_never_stands_in_a_file(empty: Brand, key: str) -> None:
    empty.write("reconciler.yaml", f"{key}: {{file: /home/me/secret-token}}")
    (problem,) = load_configuration(empty.root).problems
    assert said(problem) == "1:1 configuration-key"
    assert "BRIA_API_TOKEN" in problem.remedy
    assert "secret-token" not in f"{problem.summary}{problem.detail}{problem.remedy}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("teir: pro", ["1:1 configuration-key"]),
        ("proxy: http://x", ["1:1 configuration-key"]),
        ("tier: gold", ["1:7 configuration-value"]),
        ("tier:", ["1:1 configuration-value-missing"]),
        ("concurrency: 0", ["1:14 configuration-value"]),
        ("concurrency: 1000", ["1:14 configuration-value"]),
        ("concurrency: '8'", ["1:14 configuration-type"]),
        ("settle: -1", ["1:9 configuration-value"]),
        ("settle: .inf", ["1:9 manifest-number"]),
        ("limits: {trainings: -1, x: 2}", ["1:21 configuration-value", "1:25 configuration-key"]),
        ("limits: {image_removals_percent: 101}", ["1:34 configuration-value"]),
        ("limits: {deletions_percent: 101}", ["1:29 configuration-value"]),
        ("limits: {deletions: -1}", ["1:21 configuration-value"]),
        ("limits: {uploads: '3'}", ["1:19 configuration-type"]),
        ("limits: {image_removals: 1.5}", ["1:26 configuration-type"]),
        ("expect: {trainings: -1}", ["1:21 configuration-value"]),
        ("expect: {rewrites: 0}", ["1:10 configuration-key"]),
        ("expect: {uploads:  }", ["1:10 configuration-value-missing"]),
        ("expect: nothing", ["1:9 configuration-type"]),
        ("drift: {ignored: []}", ["1:9 configuration-key"]),
        ("drift: {ignore: {}}", ["1:17 configuration-type"]),
        (IGNORE % "object: project/lora, reason: x", ["1:18 configuration-key-missing"]),
        (IGNORE % "object: project/lora, field: x, reason: x", ["1:48 configuration-value"]),
        (IGNORE % "object: project/lora, field: '*'", ["1:18 configuration-key-missing"]),
        (IGNORE % "object: lora, field: '*', reason: x", ["1:27 configuration-ignore"]),
        (IGNORE % "object: image/lora, field: '*', reason: x", ["1:27 configuration-ignore"]),
        (IGNORE % "object: project/lora, field: '*', reason: ' '", ["1:61 configuration-ignore"]),
        (IGNORE % "object: project/lora, field: '*', reason: x, until: 20270131", ["1:71 configuration-type"]),
        (IGNORE % "object: project/lora, field: '*', reason: x, until: 2027-02-30", ["1:71 configuration-ignore"]),
        ("limits: 10", ["1:9 configuration-type"]),
        ("a: b: c", ["1:5 manifest-yaml"]),
        ("- a", [" configuration-shape"]),
        ("tier: pro\n---\ntier: pro", [" configuration-shape"]),
        (b"\xff\xfe", ["1:1 manifest-encoding"]),
        (b"#" * 1_000_001, [" manifest-size"]),
    ],
)
def test_mistakes_are_placed(empty: Brand, text: str | bytes, expected: list[str]) -> None:
    assert problems(empty, text) == expected


def test_a_guess_is_made(empty: Brand) -> None:
    empty.write("reconciler.yaml", "teir: pro\n")
    assert load_configuration(empty.root).problems[0].remedy == 'Did you mean "tier"?'
    assert load_configuration(empty.root).problems[0].summary == 'unknown key "teir" in reconciler.yaml'


@pytest.mark.parametrize("target", ["/etc/passwd", "nothing.yaml", "../outside.yaml"])
def test_a_link_out_of_the_root_is_not_read(empty: Brand, target: str) -> None:
    (empty.root / "reconciler.yaml").symlink_to(target)
    (problem,) = load_configuration(empty.root).problems
    assert problem.rule == "path-refused"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("account: lora", ["1:10 configuration-type"]),
        ("account: {}", ["1:1 configuration-key-missing", "1:1 configuration-key-missing"]),
        ("account: {name: brand}", ["1:1 configuration-key-missing"]),
        ("account: {name: 12, project: 1001}", ["1:17 configuration-type"]),
        ("account: {name: brand, project: '1001'}", ["1:33 configuration-type"]),
        ("account: {name: brand, project: true}", ["1:33 configuration-type"]),
        ("account: {name: brand, project: 1001.5}", ["1:33 configuration-type"]),
        ("account: {name: brand, project: 0}", ["1:33 configuration-value"]),
        ("account: {name: brand, project: 9223372036854775808}", ["1:33 configuration-value"]),
        ("account: {name: brand, project: 1001, id: 1}", ["1:39 configuration-key"]),
        ("account: {name: brand, project: }", ["1:24 configuration-value-missing"]),
        ("account: {name: Brand X, project: 1001}", ["1:17 configuration-account"]),
        ("account: {name: '../x', project: 1001}", ["1:17 configuration-account"]),
        ("account: {name: a, project: 1}\naccount: {name: b, project: 2}", ["2:1 manifest-key-duplicate"]),
        ("account: [brand, 1001]", ["1:10 configuration-type"]),
    ],
)
def test_an_account_that_cannot_be_one(empty: Brand, text: str, said: list[str]) -> None:
    assert problems(empty, text) == said


def test_the_account_is_pinned_by_name_and_project(empty: Brand) -> None:
    empty.write("reconciler.yaml", "account: {name: brand, project: 1001}\n")
    assert load_configuration(empty.root).account == Account(name="brand", project=1001)
