#!/usr/bin/env bash
# The main job, watched step by step, on the built-in simulator: no account, no network.
# The tree you cloned is not touched: everything happens in a temporary folder, which is removed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

stage="$(mktemp -d)"
trap 'rm -rf "$stage"' EXIT
cp -R examples/quickstart "$stage/manifests"
cd "$stage"

export RECONCILER_ENDPOINT="simulator:account.sqlite"  # one file is one account: successive commands see one world
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=Demo GIT_AUTHOR_EMAIL=demo@example.invalid
export GIT_COMMITTER_NAME=Demo GIT_COMMITTER_EMAIL=demo@example.invalid

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold='' dim='' plain=''; fi

step=0
say() {
    step=$((step + 1))
    printf '\n%s%d. %s%s\n' "$bold" "$step" "$1" "$plain"
}
run() {
    printf '%s$ %s%s\n' "$dim" "$*" "$plain"
    "$@"
}
commit() {
    git add --all manifests
    git commit --quiet --message "$1"
    printf '%s$ git commit -m "%s"%s\n' "$dim" "$1" "$plain"
}

git init --quiet --initial-branch=main .
commit "Lora, eight poses" > /dev/null

say "A character in git, an empty account. What would merging this do?"
run reconciler plan --out plan.json

say "Do exactly that. The images go up, the captions are written, the dataset is completed, the training starts."
run reconciler apply plan.json

say "The training goes on at the API for hours. Here they pass in a moment; in CI the next apply would pick it up."
run reconciler wait

say "Plan again: nothing is left to do, and finding that out takes three calls."
run reconciler plan

say "Now an edit: other words for Lora in the caption prefix, one drawing out, another one in."
sed -i.bak 's/a female character with purple hair,/a cheerful girl with long purple hair,/' manifests/dataset.yaml
rm manifests/dataset.yaml.bak manifests/images/umbrella.*
mv manifests/spare/lantern.* manifests/images/
git add --all manifests
run git diff --cached --stat
commit "New prefix; the lantern replaces the umbrella"

say "What does that cost? Seven images stay, one is uploaded, one model is trained."
run reconciler plan --out plan.json

say "Apply it: a completed dataset is frozen, so it is cloned, changed as a draft, verified, and completed as version 2."
run reconciler apply plan.json

say "Once that training has ended: in sync again. Both versions are live."
run reconciler wait
run reconciler plan
run reconciler history model/lora-max

say "Second thoughts. A revert is a commit like any other; version 1 is still live, so it needs no upload and no training."
run git revert --no-edit HEAD
run reconciler plan --detailed-exitcode

say "This is what is live now."
run reconciler status

printf '\nThat is all: git says what should be, plan shows what that means, apply does it.\n'
