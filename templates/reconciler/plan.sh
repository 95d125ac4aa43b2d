#!/usr/bin/env bash
# A pull or merge request: check the tree, plan it, and say the plan where it is reviewed. Nothing is changed.
# shellcheck source=templates/reconciler/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

marker="$(forge marker plan -- "$root" "$stage")"

# The comment of an earlier push must not go on saying what no longer holds.
give_up() {
    local code="$1" sentence="$2" text="${3:-}"
    {
        printf '%s\n' "$marker"
        if [ "$label" != manifests ]; then printf '`%s`\n\n' "$label"; fi
        printf '**%s**\n' "$sentence"
        if [ -n "$text" ]; then as_code "$text"; fi
    } > "$results/plan.md"
    summary "$results/plan.md"
    tell comment "$results/plan.md"
    output exit-code "$code"
    exit "$code"
}

# For the machine first; where there are problems, or no such machine, in words.
code=0
if [ -n "${GITHUB_ACTIONS:-}" ]; then
    reconciler validate --format github || code=$?
elif [ -n "${GITLAB_CI:-}" ]; then
    reconciler validate --format gitlab > "$results/gl-code-quality-report.json" || code=$?
else
    code=3
fi
if [ "$code" -eq 3 ]; then
    code=0
    reconciler validate > "$results/problems.txt" 2>&1 || code=$?
    cat -- "$results/problems.txt"
fi
case "$code" in
    0) ;;
    3) give_up 3 "There are problems in the manifests; nothing was planned." "$results/problems.txt" ;;
    *) give_up "$code" "The manifests could not be checked (exit code $code): the log says why." ;;
esac

# Compared with the tree it would be merged into: only so is an alias that moves seen, or a limit that is loosened. Without
# a token nothing else is looked at, and nothing is sent, so a fork may do it.
arguments=(--out "$results/plan.json" --format markdown --detailed-exitcode "${allowed[@]}")
base="$(git rev-parse --verify --quiet --end-of-options "${STEP_BASE:-HEAD^1}^{commit}")" || base=""
is_live=true
if [ -z "${BRIA_API_TOKEN:-}${BRIA_API_TOKEN_FILE:-}" ] && [[ "${RECONCILER_ENDPOINT:-}" != simulator* ]]; then
    is_live=false
    if [ -z "$base" ]; then
        echo "The commit to compare with is not in this checkout: check out with its history (fetch-depth: 0)." >&2
        give_up 64 "Nothing was planned: the checkout has no history to compare with."
    fi
    echo "No token here, so the tree is compared with commit $base; the live side is not looked at."
elif [ -z "$base" ]; then
    echo "The commit to compare with is not in this checkout, so aliases that move and limits that are loosened are not told:"
    echo "check out with its history (fetch-depth: 0)."
fi
compared=()
if [ -n "$base" ]; then compared=(--base "$base"); fi
if [ -n "$base" ] && [ "$is_live" = true ]; then compared+=(--live); fi

said="$results/said.txt"
planned() {
    code=0
    { reconciler plan "${arguments[@]}" "$@" 2>&1 1>&3 | tee -- "$said" >&2; } 3> "$results/plan.md" || code=$?
}
planned "${compared[@]}"
if [ "$code" -eq 3 ] && [ -n "$base" ] && [ "$is_live" = true ]; then
    echo "Nothing can be compared with commit $base (see above), so the plan looks at the live side alone." >&2
    planned
fi
case "$code" in
    0) changes=false ;;
    2) changes=true ;;
    *) give_up "$code" "Nothing was planned (exit code $code)." "$said" ;;
esac
rm -f -- "$said"

reconciler show "$results/plan.json"
if ! reconciler show "$results/plan.json" --format html > "$results/report.html"; then
    rm -f -- "$results/report.html"
    echo "There is no HTML report." >&2
fi

# A comment holds less than a summary: where it had to be shortened, the summary is not.
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && grep -q '^Shortened; the whole: ' "$results/plan.md" &&
    reconciler show "$results/plan.json" --format markdown --length summary > "$results/long.md"; then
    summary "$results/long.md"
else
    summary "$results/plan.md"
fi
if [ "$changes" = true ]; then
    tell comment "$results/plan.md"
else
    tell comment --existing "$results/plan.md"
fi

refused="$(python3 -I -c 'import json, sys
print(str(bool(json.load(sys.stdin)["plan"]["refusals"])).lower())' < "$results/plan.json")"
output changes "$changes"
output refused "$refused"
output exit-code 0
if [ "$refused" = true ] && [ "${STEP_STRICT:-true}" = true ]; then
    echo "An apply would be refused, so this check fails; the plan above says how to go on." >&2
    exit 4
fi
