#!/usr/bin/env bash
# Three versions of one character: each draws the same six cases, people look, and only then does production move.
# It is played on the built-in simulator: no account, no network. Usage: replay.sh FOLDER.
# The comments on pull requests (N-name.md), their pages (N-name.html) and the reports of the galleries are written there.
# The tree you cloned is not touched: the repository is made in a temporary folder, which is removed at the end.
set -euo pipefail

if [ $# -ne 1 ]; then
    echo "usage: $(basename "$0") FOLDER, where the reports are written" >&2
    exit 64
fi
mkdir -p "$1"
reports="$(cd "$1" && pwd)"
cd "$(dirname "$0")/../.."
python="${PYTHON:-$(command -v python3)}"

stage="$(mktemp -d)"
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/repository/manifests"
cp -R examples/quickstart "$stage/repository/manifests/lora"
cp -R examples/schema "$stage/repository/manifests/kites"
cp examples/gallery/lora/*.yaml "$stage/repository/manifests/lora/"
cp examples/gallery/kites/*.yaml "$stage/repository/manifests/kites/"
"$python" -m examples.drawing.kites "$stage/repository/manifests/kites/kites" > /dev/null
cd "$stage/repository"
rm -r manifests/lora/spare manifests/*/README.md
rm manifests/kites/.gitignore  # here the drawings are in git, as a plan of a revision needs them

# A prompt is put right behind the prefix, so the prefix ends with a space.
sed -i.bak 's|purple hair,"|purple hair, "|' manifests/lora/dataset.yaml
rm manifests/lora/dataset.yaml.bak

export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=Demo GIT_AUTHOR_EMAIL=demo@example.invalid
export GIT_COMMITTER_NAME=Demo GIT_COMMITTER_EMAIL=demo@example.invalid
unset BRIA_API_TOKEN BRIA_API_TOKEN_FILE RECONCILER_ROOT
export RECONCILER_ENDPOINT="simulator:$stage/account.sqlite"  # one file is one account
export RECONCILER_CONCURRENCY=1  # one request at a time, so that ids, and with them the pictures, are the same in each replay

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold='' dim='' plain=''; fi

step=0
say() {
    printf '\n%s%s%s\n' "$bold" "$1" "$plain"
}
told() {
    printf '%s$ %s%s\n' "$dim" "$*" "$plain"
}
# What a command says, without a warning that is about this short example: a light model wants fifteen drawings.
run() {
    told "$@"
    "$@" 2>&1 | sed '/warning: 8 images for training_version light/{N;d;}'
}
commit() {
    git add --all .
    git commit --quiet --message "$1"
}
# Other words in a file; an edit that finds nothing ends the replay.
edit() {
    grep -qF -- "$2" "$1" || { echo "$1 does not say: $2" >&2; exit 1; }
    sed -i.bak "s|$2|$3|" "$1"
    rm "$1.bak"
}
# A version as an alias names it: the first characters of its fingerprint, the same in every account.
fingerprint() {
    reconciler validate --format json 2> /dev/null | "$python" -c '
import json, sys
print(next(one["fingerprint"][:7] for one in json.load(sys.stdin)["models"] if one["ref"] == "model/lora-light"))'
}
# On the branch: what would merging do? In comparison with main, without a token, and nobody is asked.
review() {
    step=$((step + 1))
    commit "$2"
    told "reconciler plan --base main --format markdown > $step-$1.md"
    reconciler plan --base main --format markdown > "$reports/$step-$1.md" 2> "$stage/plan.log" || { cat "$stage/plan.log"; exit 1; }
    reconciler plan --base main --format html > "$reports/$step-$1.html" 2> /dev/null
    printf 'review:  %s\n' "$(sed -n 's/^\*\*\(.*\)\*\*$/\1/p' "$reports/$step-$1.md" | head -n 1)"
}
# On main: merge the branch and do what it says.
merge() {
    local branch
    branch="$(git branch --show-current)"
    git switch --quiet main
    git merge --quiet --no-ff --message "Merge $branch" "$branch"
    told "reconciler apply"
    reconciler apply --yes --wait training --allow trainings=2 > "$stage/apply.log" 2>&1 || { cat "$stage/apply.log"; exit 1; }
    printf 'applied: %s\n' "$(tail -n 1 "$stage/apply.log")"
}

git init --quiet --initial-branch=main .
printf 'Characters and kites, kept in git.\n' > README.md
git add README.md
git commit --quiet --message "An empty shelf"

say "1. Two models, and for each a gallery: what every version of it is to draw."
git switch --quiet --create first
review first "Lora and the kites, each with a gallery"
merge

say "2. The first versions draw. What is there already is never drawn again, so a second run costs nothing."
run reconciler gallery run lora-looks
run reconciler gallery run kites-looks
run reconciler gallery run lora-looks

say "3. Somebody looked: the first version is approved, and production names it. From now on the gallery guards production."
first="$(fingerprint)"
git switch --quiet --create serve
run reconciler gallery approve lora-looks "$first"
cat >> manifests/lora/model.yaml << YAML
  aliases: {production: $first, candidate: current}
  promotion: {aliases: [production], gallery: lora-looks, cases: all}
YAML
review serve "Production is the first version"
merge

say "4. Other words for Lora: a second version is trained. It is the candidate, and production stays."
git switch --quiet --create other-words
edit manifests/lora/dataset.yaml "a female character with purple hair," "a cheerful girl with long purple hair,"
review other-words "Lora is a cheerful girl with long hair"
merge
second="$(fingerprint)"

say "5. Promote it, although nobody has seen what it draws: refused, in the pull request already."
git switch --quiet --create promotion
edit manifests/lora/model.yaml "production: $first" "production: $second"
review promotion "Promote the second version"
run reconciler plan --base main || true

say "6. It draws the same six cases, and a page shows both versions side by side."
run reconciler gallery run lora-looks --version candidate
run reconciler gallery report lora-looks --versions "$first,$second" --out "$reports/lora-two.html"
review seen "What the second version draws"

say "7. Approve what was seen. Now production may move."
run reconciler gallery approve lora-looks "$second"
review approved "The second version was looked at"
merge
run reconciler status

say "8. A third version, with other words for one drawing. It draws, is approved, and takes over."
git switch --quiet --create third
printf 'pouring tea for a cat that is not there.\n' > manifests/lora/images/tea.txt
review third "Another caption for the tea"
merge
third="$(fingerprint)"
git switch --quiet --create promotion-of-the-third
run reconciler gallery run lora-looks --version candidate
run reconciler gallery approve lora-looks "$third"
edit manifests/lora/model.yaml "production: $second" "production: $third"
review third-promotion "Promote the third version"
merge

say "9. It disappoints. Going back needs no new approval: that version was approved, and nothing of it changed."
git switch --quiet --create roll-back
edit manifests/lora/model.yaml "production: $third" "production: $second"
review roll-back "Roll back to the second version"
merge

say "10. All three side by side, and the kites."
run reconciler gallery report lora-looks --versions all --out "$reports/lora-three.html"
run reconciler gallery report kites-looks --out "$reports/kites.html"
run reconciler gallery status
printf '\nThat is all. The reports are in %s.\n' "$1"
