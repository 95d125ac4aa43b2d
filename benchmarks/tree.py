"""Manifests and a repository to measure on."""

import subprocess
from pathlib import Path

PROJECT = """\
apiVersion: reconciler/v1
kind: Project
metadata: {name: lora}
spec: {ip_name: Lora, ip_description: a girl, ip_medium: illustration, ip_type: defined_character}
"""


def dataset_manifest(number: int, captions: str) -> str:
    """The manifest of a dataset whose images lie in a folder of its name; `captions` is their source."""
    return f"""\
apiVersion: reconciler/v1
kind: Dataset
metadata: {{name: poses-{number}}}
spec:
  project: lora
  caption_prefix: "An illustration of a character named Lora, a girl,"
  images: {{path: poses-{number}/}}
  captions: {{source: {captions}}}
"""


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder."""
    who = (
        "-c",
        "user.name=Benchmark",
        "-c",
        "user.email=benchmark@example.org",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "gc.auto=0",
    )
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)
