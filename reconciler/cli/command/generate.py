"""`reconciler generate`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.options import results_options
from reconciler.cli.ref_type import MODEL
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.core.order import Order
    from reconciler.core.ref import Ref

_EXAMPLE = """\
reconciler generate lora-max "waving with one hand" --seed 7 --pictures-from images.example.com
reconciler generate lora-max "waving" --version candidate --guide canny=pose.png:0.8 --out seen
reconciler generate lora-max --kind portrait --person me.png
reconciler generate lora-max --job 3f2a9c14
"""
_RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9")
_KINDS = ("image", "vector", "reimagine", "portrait", "structured")


@declare("generate", example=_EXAMPLE)
@click.argument("ref", metavar="MODEL", type=MODEL)
@click.argument("prompt", default="", metavar="[PROMPT]")
@click.option("--kind", type=click.Choice(_KINDS), default="image", show_default=True, help="What is drawn.")
@click.option(
    "--version",
    "version",
    metavar="WHICH",
    help="An alias, a number as v2, or a fingerprint. [the one that programs use]",
)
@click.option(
    "--checkpoint",
    type=click.IntRange(1),
    metavar="STEP",
    help="Draw with this checkpoint of an expert training. [the active one]",
)
@click.option("--out", "folder", metavar="DIR", default="generated", show_default=True, help="Where results go.")
@results_options
@click.option("--job", metavar="ID", help="Fetch what a job drew that was begun before; nothing is asked for anew.")
@click.option("--seed", type=int, metavar="N", help="The same seed draws the same picture. [random]")
@click.option("--results", type=int, metavar="N", help="How many pictures: 1 to 4, or 2 where the model is slow. [1]")
@click.option("--aspect-ratio", type=click.Choice(_RATIOS), help="Width to height. [1:1]")
@click.option("--steps", type=int, metavar="N", help="Steps of the generation. [by model]")
@click.option("--fast/--slow", default=None, help="Draw in few steps, or in many. [by model]")
@click.option("--sync/--no-sync", default=None, help="Let the request wait for its results. [no]")
@click.option("--negative-prompt", metavar="TEXT", help="What is not to be drawn.")
@click.option(
    "--influence",
    type=float,
    metavar="X",
    help="How much the model counts: 0 to 1, in the schema family to 1.5. [by --kind]",
)
@click.option(
    "--prefix/--no-prefix", "has_prefix", default=True, help="Put the prefix of the model before the prompt. [yes]"
)
@click.option(
    "--guide",
    "guides",
    multiple=True,
    metavar="METHOD=FILE[:SCALE]",
    help="A picture that guides; two at most, of one aspect ratio.",
)
@click.option(
    "--image-prompt",
    "image_prompts",
    multiple=True,
    metavar="FILE|URL",
    help="A picture to draw after: a file, or public addresses.",
)
@click.option(
    "--image-prompt-mode",
    type=click.Choice(("regular", "style_only")),
    help="What of that picture counts: all of it, or its style.",
)
@click.option("--image-prompt-scale", type=float, metavar="X", help="How much that picture counts: 0 to 1. [1]")
@click.option("--structure", metavar="FILE|URL", help="reimagine: the picture whose structure is kept.")
@click.option(
    "--structure-influence", type=float, metavar="X", help="reimagine: how strictly it is kept, 0 to 1. [0.75]"
)
@click.option("--person", metavar="FILE|URL", help="portrait: the person, from the torso upward.")
@click.option("--id-strength", type=float, metavar="X", help="portrait: how much the person counts, 0 to 1. [0.7]")
@click.option(
    "--structured-prompt", metavar="FILE", help="Schema family: a prompt as JSON, or the JSON beside a result."
)
@click.option(
    "--guidance-scale", type=int, metavar="N", help="Schema family: how strictly the prompt is followed, 3 to 5. [5]"
)
@click.option("--enhance-prompt/--no-enhance-prompt", default=None, help="Let the API add words to the prompt. [no]")
@click.option("--enhance-image/--no-enhance-image", default=None, help="Draw more detail, a little slower. [no]")
@click.option("--moderation/--no-moderation", default=None, help="Let the API check pictures. [no; schema family: yes]")
@click.option("--prompt-moderation/--no-prompt-moderation", default=None, help="Let the API check the prompt. [yes]")
@click.option("--ip-signal/--no-ip-signal", default=None, help="Warn of words that may be protected. [no]")
@pass_invocation
def command(invocation: Invocation, /, ref: "Ref", prompt: str, **given: Any) -> int:
    """Let a version of a model draw, and write what it drew with a JSON file that says from what.

    Each call costs, and none is ever sent twice. Without --version the model draws that programs use: the one that the
    manifest describes, if it is trained. Which model may draw what is checked before anything is sent. Results are fetched
    without the token, from a host that you name; nothing is written over.
    """
    import asyncio
    from pathlib import Path

    from reconciler.app.generation import GenerateRequest, JobRequest
    from reconciler.cli.context import open_context
    from reconciler.cli.generate_flow import run_generate, run_job

    if given["job"] is not None:
        _require_nothing_else(prompt, given)
        job = JobRequest(
            ref=ref,
            job=given["job"],
            folder=Path(given["folder"]),
            hosts=given["hosts"],
            patience=given["patience"],
        )
        return asyncio.run(run_job(open_context(invocation), job))
    request = GenerateRequest(
        ref=ref,
        order=_order(prompt, given),
        version=given["version"] or "",
        folder=Path(given["folder"]),
        hosts=given["hosts"],
        patience=given["patience"],
    )
    return asyncio.run(run_generate(open_context(invocation), request))


def _require_nothing_else(prompt: str, names: Iterable[str]) -> None:
    """What a job draws was said when it was begun."""
    from click.core import ParameterSource

    source = click.get_current_context().get_parameter_source
    others = set(names) - {"job", "folder", "hosts", "patience"}
    if prompt or any(source(name) is ParameterSource.COMMANDLINE for name in others):
        raise click.UsageError("--job goes with --out, --pictures-from and --timeout: what is drawn was said before.")


_PARAMETERS = (
    "seed", "results", "aspect_ratio", "steps", "fast", "sync", "negative_prompt", "influence", "image_prompt_mode",
    "image_prompt_scale", "structure_influence", "id_strength", "guidance_scale", "enhance_prompt", "enhance_image",
    "moderation", "prompt_moderation", "ip_signal",
)  # fmt: skip
"""Options that are parameters of the request, as they are; the others are pictures, or say where results go."""


def _order(prompt: str, given: dict[str, Any]) -> "Order":
    """The order, with every picture read."""
    from reconciler.app.generation_inputs import guidance_of, picture_of, structured_of
    from reconciler.core.order import Draws, Order

    structure, person, structured = given["structure"], given["person"], given["structured_prompt"]
    return Order(
        draws=Draws(given["kind"]),
        prompt=prompt,
        structured_prompt=structured_of(structured) if structured else "",
        given={name.replace("_", "-"): given[name] for name in _PARAMETERS if given[name] is not None},
        guidance=tuple(guidance_of(text) for text in given["guides"]),
        image_prompt=tuple(picture_of("--image-prompt", text) for text in given["image_prompts"]),
        structure=picture_of("--structure", structure) if structure else None,
        person=picture_of("--person", person) if person else None,
        checkpoint=given["checkpoint"],
        has_prefix=given["has_prefix"],
    )
