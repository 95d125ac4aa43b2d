#!/usr/bin/env bash
# After a merge, or on a schedule: make the live side what the manifests say, or go on with what waited.
# shellcheck source=templates/reconciler/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

arguments=(--wait "${STEP_WAIT:-captions}" "${allowed[@]}")
if [ -n "${STEP_REVIEWED:-}" ]; then
    arguments+=(--equivalent-to "$STEP_REVIEWED")
elif [ -n "${STEP_PLAN:-}" ]; then
    arguments+=("$STEP_PLAN")
else
    arguments+=(--yes)
fi

set +e
reconciler apply "${arguments[@]}" | tee -- "$results/apply.txt"
code="${PIPESTATUS[0]}"
set -e

{ printf '**apply ended with exit code %s**\n' "$code"; as_code "$results/apply.txt"; } > "$results/apply.md"
summary "$results/apply.md"
output exit-code "$code"
exit "$code"
