# shellcheck shell=bash disable=SC2034
# Read by every step: settings that are empty are not set, and each program gets only the token that is its own.
set -euo pipefail

here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"

for name in BRIA_API_TOKEN BRIA_API_TOKEN_FILE RECONCILER_ROOT RECONCILER_ACCOUNT RECONCILER_OVERLAY \
    RECONCILER_ENDPOINT RECONCILER_TIER; do
    if [ -z "${!name:-}" ]; then unset "$name"; fi
done
root="${RECONCILER_ROOT:-manifests}"
# What tells apart the stages of one root, which have an account each.
stage="${RECONCILER_ACCOUNT:-${RECONCILER_OVERLAY:-}}"
forge_token="${STEP_FORGE_TOKEN:-}"
unset STEP_FORGE_TOKEN

# Where install.sh put the tool: GitHub tells later steps by itself, others do not. Only what is ours, and last.
home="${STEP_HOME:-${RUNNER_TEMP:-/tmp}/reconciler-home}"
if [ -O "$home/bin/reconciler" ]; then PATH="$PATH:$home/bin"; fi

# Isolated (-I), so that no module of the tree is ever imported; without the token for the API.
isolated() {
    env -u BRIA_API_TOKEN -u BRIA_API_TOKEN_FILE "STEP_FORGE_TOKEN=$forge_token" python3 -I -B "$here/$1" "${@:2}"
}

forge() {
    isolated forge.py "$@"
}

# Each root and stage has names of its own: of its artifact, its comment, its issue and its results.
label="$(forge label -- "$root" "$stage")"
plan_name="${STEP_PLAN_NAME:-reconciler-plan-$label}"

# A folder of our own: what a pull request may have put there, a link perhaps, goes first.
results="${STEP_RESULTS:-${RUNNER_TEMP:-.}/reconciler-results-$label}"
rm -rf -- "$results"
mkdir -p -- "$results"

# A comment is never the gate: where it cannot be written the log says so, and the step goes on. Outside both forges
# nobody expects one.
tell() {
    if [ "${STEP_COMMENT:-true}" != true ] || [ -z "${GITHUB_ACTIONS:-}${GITLAB_CI:-}$forge_token" ]; then return 0; fi
    forge "$@" || echo "It could not be written as a comment or issue (see above); the log and the artifacts hold it." >&2
}

output() {
    if [ -n "${GITHUB_OUTPUT:-}" ]; then printf '%s=%s\n' "$1" "$2" >> "$GITHUB_OUTPUT"; fi
}

summary() {
    if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat -- "$1" >> "$GITHUB_STEP_SUMMARY"; fi
}

# Is there a token although reconciler.yaml names a simulator, as `init` writes it? Its account ends with each run, so
# every run would be green, for ever. Without the token only a simulator answers, and nothing is sent.
token_is_idle() {
    if [ -z "${BRIA_API_TOKEN:-}${BRIA_API_TOKEN_FILE:-}" ] || [ -n "${RECONCILER_ENDPOINT:-}" ]; then return 1; fi
    env -u BRIA_API_TOKEN -u BRIA_API_TOKEN_FILE reconciler plan > /dev/null 2>&1
}
idle_token="There is a token, but $root/reconciler.yaml names a simulator as \`endpoint\`, so nothing would reach Bria.
Remove that line, or set RECONCILER_ENDPOINT to simulator if it is meant."

# Text as Markdown: set in by four, so that no line of it can end the block or mean anything. Cut to what a comment holds.
as_code() {
    printf '\n'
    sed 's/^/    /' -- "$1" | { head -c 60000; cat > /dev/null; }
    printf '\n'
}

# One `--allow LIMIT=N` for each line of STEP_ALLOW.
allowed=()
while IFS= read -r limit; do
    if [ -n "$limit" ]; then allowed+=(--allow "$limit"); fi
done <<< "${STEP_ALLOW:-}"

output results "$results"
output artifact "reconciler-$(basename -- "$0" .sh)-$label"
