"""The files by which CI runs the tool: for one root as they stand in the package, for several with a matrix."""

import json
import re
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Literal

from reconciler.core.value import dataclass
from reconciler.files.scaffold import Scaffold, write_new

Vendor = Literal["github", "gitlab"]
ACCOUNT = "bria"
"""What the account is called where no file names it."""

_PIPELINES: dict[Vendor, dict[str, str]] = {
    "github": {".github/workflows/reconciler.yml": "github.yml"},
    "gitlab": {".gitlab/reconciler.yml": "gitlab.yml", ".gitlab-ci.yml": "gitlab-include.yml"},
}
"""Where each file goes, and what it is called in the package."""
_PLAIN = re.compile(r"(?!(?i:true|false|yes|no|on|off|y|n|null)$)[A-Za-z][A-Za-z0-9._/-]*")
_FIT = re.compile(r"[\w./ @+-]+")
"""Of what a path may consist that stands in a file of CI: nothing that such a file would take for an expression."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Stage:
    """What one job plans or applies: a root below the top folder, an account, and an overlay where the root has some."""

    root: str
    account: str = ACCOUNT
    overlay: str = ""

    @property
    def inputs(self) -> dict[str, str]:
        """The inputs of action and component by which stages differ."""
        told = {"root": self.root, "account": self.account}
        return told | {"overlay": self.overlay} if self.overlay else told


def is_fit(root: str) -> bool:
    """Can this path stand in a file of CI?"""
    return _FIT.fullmatch(root) is not None


def write_pipeline(folder: Path, vendor: Vendor, stages: Sequence[Stage]) -> Scaffold:
    """Write what CI of this vendor needs into the top folder of a repository; paths below it. OSError where it cannot.

    Where `.gitlab-ci.yml` is there already it is kept, and must be told to include `.gitlab/reconciler.yml`.
    """
    return write_new(folder, pipeline_texts(vendor, stages))


def pipeline_texts(vendor: Vendor, stages: Sequence[Stage]) -> dict[str, bytes]:
    """What these files hold, by path below the top folder."""
    source = files("reconciler.files") / "workflow"
    texts = {name: (source / model).read_text(encoding="utf-8") for name, model in _PIPELINES[vendor].items()}
    main = next(iter(texts))
    texts[main] = (_workflow if vendor == "github" else _includes)(texts[main], stages)
    return {name: text.encode() for name, text in texts.items()}


def unnamed(folder: Path, vendor: Vendor, stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """The stages that the file of this vendor does not name: it was there before them, and is never touched."""
    place = folder / next(iter(_PIPELINES[vendor]))
    text = place.read_text(encoding="utf-8", errors="replace") if place.is_file() else ""
    return tuple(one for one in stages if not all(value in text for value in one.inputs.values()))


def entry(stage: Stage) -> str:
    """A stage as one line of YAML: `{root: brand/manifests, account: brand}`."""
    return f"{{{', '.join(f'{key}: {_scalar(value)}' for key, value in stage.inputs.items())}}}"


def _workflow(text: str, stages: Sequence[Stage]) -> str:
    """GitHub's workflow. Its jobs run once for each stage, and bear the stage in their names."""
    roots = dict.fromkeys(one.root for one in stages)
    paths = ", ".join(json.dumps(f"{root}/**" if root != "." else "**", ensure_ascii=False) for root in roots)
    text = text.replace('"manifests/**"', paths)
    if len(stages) == 1:
        (stage,) = stages
        values = {name: _scalar(value) for name, value in stage.inputs.items()}
        in_name = f"{stage.root}-{stage.account}"
    else:
        names = dict.fromkeys(name for one in stages for name in one.inputs)
        values = {name: f"${{{{ matrix.{name} }}}}" for name in names}
        in_name = f"{values['root']}-{values['account']}"
        matrix = "".join(f"          - {entry(one)}\n" for one in stages)
        strategy = f"    strategy:\n      fail-fast: false\n      matrix:\n        include:\n{matrix}"
        text = text.replace("    runs-on:", f"{strategy}    runs-on:")
    inputs = "".join(f"          {name}: {value}\n" for name, value in values.items())
    text = text.replace("          root: manifests\n          account: bria\n", inputs)
    text = text.replace("    environment: bria", f"    environment: {values['account']}")
    return text.replace("-manifests-bria", f"-{in_name}")


def _includes(text: str, stages: Sequence[Stage]) -> str:
    """GitLab's file: its component once for each stage."""
    head, _, item = text.partition("  - component:")
    return head + "".join(_include(f"  - component:{item}", one) for one in stages)


def _include(item: str, stage: Stage) -> str:
    inputs = "".join(f"      {name}: {_scalar(value)}\n" for name, value in stage.inputs.items())
    return item.replace("      root: manifests\n      account: bria\n", inputs)


def _scalar(text: str) -> str:
    """A text as YAML: bare where nothing of it could mean anything else, or in quotes."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
