#!/usr/bin/env bash
# An account that people filled by hand comes under management: exported, adopted, in sync, and then changed in git.
# It is played on a simulator on this machine: no account, no other network. Everything happens in a temporary folder.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
python="${PYTHON:-$(command -v python3)}"

stage="$(mktemp -d)"
server=''
trap '[ -z "$server" ] || kill "$server" 2> /dev/null || true; rm -rf "$stage"' EXIT
cd "$stage"

export BRIA_API_TOKEN=anything RECONCILER_TIER=enterprise
unset BRIA_API_TOKEN_FILE RECONCILER_ROOT

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

# The live id of an object, as the export wrote it into the comment of its manifest.
live_id() {
    sed -n "s|.*adopt $1 \([0-9]*\).*|\1|p" manifests/*/*.yaml
}

# A training takes hours at the API; here a second is more than a day.
reconciler simulate --port 0 --speed 100000 --pictures 2> serving.log &
server=$!
until grep -q '^Serving ' serving.log; do
    kill -0 "$server" 2> /dev/null || { cat serving.log >&2; exit 1; }
    sleep 0.1
done
RECONCILER_ENDPOINT="$(sed -n 's/^Serving //p' serving.log)"
export RECONCILER_ENDPOINT
host="${RECONCILER_ENDPOINT#http://}"
host="${host%/v1}"

say "People made all this, by calls and in the console. Nothing of it is in git."
"$python" "$here/world.py" "$RECONCILER_ENDPOINT"
run reconciler export --list

say "Write it down: manifests, captions, and the pictures as the API shows them."
run reconciler export --out manifests --captions --images --pictures-from "$host"
run reconciler validate

say "Adopt what is live. The pictures are compared, and what was taken for what is written into adopted.yaml."
run reconciler adopt dataset/mugs-final-v2 "$(live_id dataset/mugs-final-v2)" \
    model/mugs-rank-64-good-one "$(live_id model/mugs-rank-64-good-one)" --pictures-from "$host"

say "What would that change? Two names; no upload, no training."
run reconciler plan --out names.json
run reconciler apply names.json

say "In sync, in three calls."
run reconciler plan

say "Now it is a tree like any other. The original of one picture turns up and takes its place."
rm manifests/*/mugs-final-v2/IMG_0003.png
cp "$here/../expert/mugs/leaves.jpg" "$(dirname manifests/*/mugs-final-v2/IMG_0004.png)/IMG_0003.jpg"
run reconciler plan --out swap.json
run reconciler apply swap.json --wait training

say "The first version is still there, and so is what people once called it."
run reconciler history model/mugs-rank-64-good-one

printf '\nThat is all: nothing was uploaded or trained to get here, and from here on git says what should be.\n'
