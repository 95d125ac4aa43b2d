"""Which story each value of each switch runs through, and what is said of those that are not survived."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from reconciler.simulator.generation.switch_table import GENERATION
from reconciler.simulator.switch_kind import Switch
from reconciler.simulator.switch_table import ARCHIVES, FAMILIES, PLAYED
from tests.execute import switched
from tests.execute.switched import Setting

Value = tuple[str, str]
"""A switch and one of its values."""
AFRESH: Final = "the next version is uploaded afresh"
TAKEN: Final = "training_version belongs to another family than the project"
MADE_AS_SCHEMA: Final = "the API made dataset 200001 of the schema family (visual_schema)"
MADE_AS_PREFIX: Final = "the API made dataset 200001 of the prefix family (caption_prefix)"
EXPERT: Final = "An advanced dataset needs training_mode expert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story, the switches that it meets, and the values that it does not survive, with what is then said."""

    name: str
    tells: Callable[[Setting], Awaitable[str]]
    met: tuple[Switch, ...]
    base: Mapping[str, str] = field(default_factory=dict)
    """What is played besides the switch."""
    said: Mapping[Value, str] = field(default_factory=dict)
    with_defaults: bool = False
    """Is a value that is played anyhow told as well? Elsewhere every other test tells it."""
    in_the_gate: frozenset[str] | None = None
    """Switches whose values are played in every run of the tests; None for all. `make switches` plays the others too."""

    @property
    def values(self) -> tuple[Value, ...]:
        return tuple(
            (switch.name, value)
            for switch in self.met
            for value in switch.values
            if self.with_defaults or value != self.base.get(switch.name, switch.default)
        )

    def is_in_the_gate(self, value: Value) -> bool:
        return self.in_the_gate is None or value[0] in self.in_the_gate


def _names(switches: Iterable[Switch]) -> frozenset[str]:
    return frozenset(switch.name for switch in switches)


def _named(*names: str) -> tuple[Switch, ...]:
    return tuple(switch for switch in PLAYED if switch.name in names)


_BASIC: Final = tuple(switch for switch in PLAYED if switch not in (*ARCHIVES, *FAMILIES, *GENERATION))
_CLONES: Final = tuple(switch for switch in PLAYED if switch.name.startswith("clone_") and switch not in ARCHIVES)
_IN_SCHEMAS: Final = frozenset(
    {
        "response_trim", "put_semantics", "combined_put", "clone_mode", "clone_prefix", "clone_caption_source",
        "clone_image_names", "caption_timing", "caption_failure", "regen_overwrites_manual", "regen_outcome",
        "late_caption_wins", "complete_with_null_captions", "name_rules", "extra_fields",
    }
)  # fmt: skip
"""What is done in another way for schemas than for prefixes, besides what is about families."""
_CLONED_NAMES: Final = {
    ("clone_image_names", "regenerated"): AFRESH,
    ("clone_image_names", "null"): AFRESH,
}
_STRIPPED: Final = {("name_rules", "stripped"): "the API stores the name"}
_ARCHIVED: Final = {
    **_CLONED_NAMES,
    ("bulk_path", "images/bulk"): "the API refused the archive",
    ("zip_url_rules", "https_only"): "zip_url must be an https address; the next apply begins a new draft",
    ("bulk_image_name", "generated"): "their digests are lost; draft 200001 cannot be verified, and is left as it is",
    ("bulk_progress", "stuck"): "nothing has changed for 60 minutes",
    ("advanced_needs_expert", "400_on_create"): EXPERT,
    ("advanced_needs_expert", "409_on_start"): EXPERT,
    ("advanced_min_images", "201"): "the API refused to complete dataset 200001",
    ("advanced_single_edit", "400_message"): AFRESH,
    ("clone_advanced", "advanced_empty"): "did not come along",
    ("clone_advanced", "409_message"): AFRESH,
}

STORIES: Final = (
    Told(
        name="prefix",
        tells=switched.prefix,
        met=_BASIC,
        said={**_CLONED_NAMES, **_STRIPPED, ("era", "current"): MADE_AS_SCHEMA},
    ),
    Told(
        name="schema",
        tells=switched.schema,
        met=tuple(switch for switch in (*_BASIC, *FAMILIES) if switch.name != "era"),
        base={"era": "current"},
        said={**_CLONED_NAMES, **_STRIPPED},
        in_the_gate=_IN_SCHEMAS | _names(FAMILIES),
    ),
    Told(
        name="both",
        tells=switched.both,
        met=(*FAMILIES, *_named("default_training_version", "response_trim")),
        base={"era": "mixed"},
        said={
            ("family_signal", "none"): MADE_AS_PREFIX,
            ("training_version_null", "absent"): MADE_AS_PREFIX,
            ("training_version_null", "fibo"): "the API made project 1001 of the schema family (visual_schema)",
        },
    ),
    Told(
        name="taken",
        tells=switched.taken,
        met=_named("family_mix_error"),
        base={"era": "mixed"},
        said={("family_mix_error", value): TAKEN for value in ("400_message", "409_message", "422_list")},
        with_defaults=True,
    ),
    Told(
        name="old",
        tells=switched.old,
        met=FAMILIES,
        base={"era": "current"},
        said={
            ("legacy_create_today", "becomes_fibo"): "nobody sees before the training",
            ("legacy_create_today", "400_message"): "This training_version is no longer supported",
            ("legacy_create_today", "403_string"): "This training_version is no longer supported",
            ("training_version_today", "400_message"): "training_version is not supported",
            (
                "legacy_read_today",
                "schema_null_only",
            ): 'live project "Branded Character" (id 1001) is of the schema family',
            ("legacy_min_images_today", "5"): "the API of today may complete a dataset from 5 images on",
            ("legacy_clone_today", "fibo_null_schema"): "write `clone: never` in the manifest",
            ("legacy_clone_today", "409_message"): AFRESH,
            ("legacy_start_today", "409_message"): "Models of this family are no longer trained",
            ("legacy_start_today", "400_message"): "Models of this family are no longer trained",
            (
                "legacy_model_in_lists",
                "hidden",
            ): "lists may hide models of its family here (V107); it was deleted again",
        },
    ),
    Told(
        name="new",
        tells=switched.new,
        met=FAMILIES,
        base={"era": "current", "training_version_today": "honoured"},
        said={
            ("legacy_create_today", "becomes_fibo"): MADE_AS_SCHEMA,
            ("legacy_create_today", "400_message"): "This training_version is no longer supported",
            ("legacy_create_today", "403_string"): "This training_version is no longer supported",
            ("training_version_today", "ignored"): MADE_AS_SCHEMA,
            ("training_version_today", "400_message"): "training_version is not supported",
            ("legacy_read_today", "schema_null_only"): MADE_AS_SCHEMA,
            ("legacy_min_images_today", "5"): "the API refused to complete dataset 200001",
            ("legacy_clone_today", "fibo_null_schema"): "write `clone: never` in the manifest",
            ("legacy_clone_today", "409_message"): AFRESH,
            ("legacy_start_today", "409_message"): "Models of this family are no longer trained",
            ("legacy_start_today", "400_message"): "Models of this family are no longer trained",
            ("family_signal", "none"): MADE_AS_SCHEMA,
            (
                "legacy_model_in_lists",
                "hidden",
            ): "lists may hide models of its family here (V107); it was deleted again",
            ("training_version_null", "absent"): MADE_AS_SCHEMA,
            ("training_version_null", "fibo"): "the API made project 1001 of the schema family (visual_schema)",
        },
        with_defaults=True,
    ),
    Told(name="archive", tells=switched.archive, met=(*_CLONES, *ARCHIVES), said=_ARCHIVED),
    Told(
        name="spoilt",
        tells=switched.spoilt,
        met=_named(
            "bulk_status_none",
            "bulk_retry",
            "zip_fetch",
            "zip_bad",
            "zip_zero_valid",
            "bulk_moderation",
            "failed_images_cap",
            "bulk_status_retention",
        ),
    ),
    Told(
        name="schema archive",
        tells=switched.schema_archive,
        met=(*_CLONES, *ARCHIVES),
        base={"era": "current"},
        said=_ARCHIVED,
        in_the_gate=frozenset(
            {
                "fibo_zip_captions",
                "bulk_caption_timing",
                "clone_advanced",
                "clone_caption_source",
                "captions_source_initial",
            }
        ),
    ),
)


def table() -> str:
    """What becomes of each value, as the tests find it, in the order of the switches."""
    rows = []
    for switch in PLAYED:
        for value in switch.values:
            told = [story for story in STORIES if (switch.name, value) in story.values]
            if told:
                rows.append(
                    f"| `{switch.name}={value}` | {_survived(told, (switch.name, value))} | {_said(told, (switch.name, value))} |\n"
                )
    return f"\n| value | in sync in | said in the others |\n|---|---|---|\n{''.join(rows)}\n"


def _survived(told: Iterable[Told], value: Value) -> str:
    return ", ".join(story.name for story in told if value not in story.said)


def _said(told: Iterable[Told], value: Value) -> str:
    """Stories that say the same stand together."""
    words: dict[str, list[str]] = {}
    for story in told:
        if value in story.said:
            words.setdefault(story.said[value], []).append(story.name)
    return "; ".join(f"{', '.join(names)}: {said}" for said, names in words.items())
