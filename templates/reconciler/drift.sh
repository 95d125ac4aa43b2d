#!/usr/bin/env bash
# On a schedule: has anybody changed the live side by hand? One issue says so, and is closed once it is no longer so.
# shellcheck source=templates/reconciler/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

if token_is_idle; then
    printf '%s\n' "$idle_token" | tee -- "$results/drift.txt" >&2
    as_code "$results/drift.txt" > "$results/drift.md"
    summary "$results/drift.md"
    output exit-code 64
    exit 64
fi

set +e
reconciler drift | tee -- "$results/drift.txt"
code="${PIPESTATUS[0]}"
set -e

{
    forge marker drift -- "$root" "$stage"
    printf 'The live side differs from what git declares, and nobody merged that.\n'
    as_code "$results/drift.txt"
    printf 'Put the change into the manifests, or let the next apply undo it; what git does not know stays until somebody deletes it.\n'
} > "$results/drift.md"

case "$code" in
    0) tell issue --close -- "$results/drift.md" "$root" "$stage" ;;
    2)
        summary "$results/drift.md"
        tell issue -- "$results/drift.md" "$root" "$stage"
        ;;
    *)
        output exit-code "$code"
        exit "$code"
        ;;
esac
output changes "$([ "$code" -eq 2 ] && echo true || echo false)"
output exit-code 0
