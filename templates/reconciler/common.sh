# shellcheck shell=bash disable=SC2034
# Read by every step: settings that are empty are not set, and each program gets only the token that is its own.
set -euo pipefail

here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"

for name in BRIA_API_TOKEN BRIA_API_TOKEN_FILE RECONCILER_ROOT RECONCILER_ENDPOINT RECONCILER_TIER; do
    if [ -z "${!name:-}" ]; then unset "$name"; fi
done
root="${RECONCILER_ROOT:-manifests}"
forge_token="${STEP_FORGE_TOKEN:-}"
unset STEP_FORGE_TOKEN

# A folder of our own: what a pull request may have put there, a link perhaps, goes first.
results="${STEP_RESULTS:-${RUNNER_TEMP:-.}/reconciler-results}"
rm -rf -- "$results"
mkdir -p -- "$results"

# Isolated (-I), so that no module of the tree is ever imported; without the token for the API.
isolated() {
    env -u BRIA_API_TOKEN -u BRIA_API_TOKEN_FILE "STEP_FORGE_TOKEN=$forge_token" python3 -I -B "$here/$1" "${@:2}"
}

forge() {
    isolated forge.py "$@"
}

# A comment is never the gate: where it cannot be written the log says so, and the step goes on.
tell() {
    if [ "${STEP_COMMENT:-true}" != true ]; then return 0; fi
    forge "$@" || echo "It could not be written as a comment or issue (see above); the log and the artifacts hold it." >&2
}

output() {
    if [ -n "${GITHUB_OUTPUT:-}" ]; then printf '%s=%s\n' "$1" "$2" >> "$GITHUB_OUTPUT"; fi
}

summary() {
    if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat -- "$1" >> "$GITHUB_STEP_SUMMARY"; fi
}

# Text as Markdown: set in by four, so that no line of it can end the block or mean anything.
as_code() {
    printf '\n'
    head -c 60000 -- "$1" | sed 's/^/    /'
    printf '\n'
}

# One `--allow LIMIT=N` for each line of STEP_ALLOW.
allowed=()
while IFS= read -r limit; do
    if [ -n "$limit" ]; then allowed+=(--allow "$limit"); fi
done <<< "${STEP_ALLOW:-}"

output results "$results"
