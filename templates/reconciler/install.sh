#!/usr/bin/env bash
# Install the tool from its own source into an environment of its own, unless the image brings it along.
set -euo pipefail

if command -v reconciler > /dev/null; then
    reconciler version
    exit 0
fi
if ! python3 -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
    echo "Python 3.11 or newer is needed: use an image that has it, or actions/setup-python before this step." >&2
    exit 64
fi

source="${STEP_SOURCE:-$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)}"

# Isolated (-I): `python -m pip` would run a pip.py that lies in the tree under review.
home="${STEP_HOME:-${RUNNER_TEMP:-/tmp}/reconciler-home}"
python3 -I -m venv --clear "$home/venv"
"$home/venv/bin/python" -I -m pip install --quiet --no-input --disable-pip-version-check \
    -c "$source/constraints.txt" "$source"
mkdir -p -- "$home/bin"
ln -sf -- "$home/venv/bin/reconciler" "$home/bin/reconciler"
if [ -n "${GITHUB_PATH:-}" ]; then printf '%s\n' "$home/bin" >> "$GITHUB_PATH"; fi
"$home/bin/reconciler" version
