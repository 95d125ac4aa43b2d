#!/usr/bin/env bash
# After a merge, or on a schedule: make the live side what the manifests say, or go on with what waited.
# shellcheck source=templates/reconciler/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
: > "$results/apply.txt"

say() {
    printf '%s\n' "$*" | tee -a -- "$results/apply.txt" >&2
}

# What the summary shows is what the log says.
finish() {
    if [ "$1" -eq 4 ] && [ "${STEP_REVIEWED:-}" = merged ]; then
        say "How to go on: docs/ci.md of the reconciler, \"Apply what was reviewed\"."
    fi
    { printf '**apply ended with exit code %s**\n' "$1"; as_code "$results/apply.txt"; } > "$results/apply.md"
    summary "$results/apply.md"
    output exit-code "$1"
    exit "$1"
}

# Without a reviewed plan only what changes nothing may be done: a plan, which says so where nothing is left to do.
only_look() {
    local code
    set +e
    reconciler plan --detailed-exitcode "${allowed[@]}" | tee -a -- "$results/apply.txt"
    code="${PIPESTATUS[0]}"
    set -e
    if [ "$code" -eq 2 ]; then
        say "Refused: nothing was sent. Nothing that was reviewed is here to apply."
        code=4
    fi
    finish "$code"
}

# The plans of the changes that were merged last, newest first: what an older one left undone was reviewed as well. On a
# schedule the newest commit may be about something else.
merged_plans() {
    local commits said code=0
    mapfile -t commits < <(git --literal-pathspecs log -10 --first-parent --format=%H -- "$root")
    if [ "${#commits[@]}" -eq 0 ]; then
        say "No commit of this checkout holds the manifests: check out with its history (fetch-depth: 0)."
        only_look
    fi
    said="$(isolated reviewed.py "$plan_name" "$1" "${commits[@]}" 2>&1)" || code=$?
    say "$said"
    if [ "$code" -ne 0 ]; then only_look; fi
}

# One `--within` for each plan. An older one that another version wrote must not be in the way of the newest.
bind_to() {
    local number file
    arguments+=(--within "$1/1.json")
    for number in {2..10}; do
        file="$1/$number.json"
        if [ ! -e "$file" ]; then return 0; fi
        if ! reconciler show "$file" > /dev/null 2>&1; then
            say "This version cannot read reviewed/$number.json, so neither it nor an older plan allows anything."
            return 0
        fi
        arguments+=(--within "$file")
    done
}

if token_is_idle; then
    say "$idle_token"
    finish 64
fi

# A plan file is input, not authority: what is done is what planning gives now, and the file can only narrow it.
arguments=(--wait "${STEP_WAIT:-captions}" "${allowed[@]}")
if [ "${STEP_REVIEWED:-}" = merged ]; then
    merged_plans "$results/reviewed"
    bind_to "$results/reviewed"
elif [ -n "${STEP_REVIEWED:-}" ]; then
    arguments+=(--within "$STEP_REVIEWED")
elif [ -n "${STEP_PLAN:-}" ]; then
    arguments+=("$STEP_PLAN")
else
    arguments+=(--yes)
fi

set +e
{ reconciler apply "${arguments[@]}" 2>&1 1>&3 | tee -- "$results/steps.txt" >&2; } 3>&1 | tee -a -- "$results/apply.txt"
code="${PIPESTATUS[0]}"
set -e
if [ "$code" -ne 0 ]; then tail -n 200 -- "$results/steps.txt" >> "$results/apply.txt"; fi
finish "$code"
