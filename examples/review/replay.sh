#!/usr/bin/env bash
# Nine pull requests about one character, as their reviewer sees them, on the built-in simulator: no account, no network.
# Usage: replay.sh FOLDER. The reports are written there: N-name.md, N-name.html, and the plan, N-name.json.
# The tree you cloned is not touched: the repository is made in a temporary folder, which is removed at the end.
set -euo pipefail

if [ $# -ne 1 ]; then
    echo "usage: $(basename "$0") FOLDER, where the reports are written" >&2
    exit 64
fi
mkdir -p "$1"
reports="$(cd "$1" && pwd)"
cd "$(dirname "$0")/../.."

stage="$(mktemp -d)"
trap 'rm -rf "$stage"' EXIT
cp -R examples/quickstart "$stage/character"
mkdir "$stage/shelf" "$stage/repository"  # the shelf holds drawings that are not in git
shelf="$stage/shelf"
cd "$stage/repository"

export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=Demo GIT_AUTHOR_EMAIL=demo@example.invalid
export GIT_COMMITTER_NAME=Demo GIT_COMMITTER_EMAIL=demo@example.invalid
unset BRIA_API_TOKEN BRIA_API_TOKEN_FILE RECONCILER_ENDPOINT RECONCILER_ROOT  # a review needs none of them
account="simulator:$stage/account.sqlite"  # one file is one account: successive applies see one world

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold='' dim='' plain=''; fi

step=0
# A pull request begins: a branch of main. What follows edits the tree, until `review`.
pull_request() {
    step=$((step + 1))
    name="$step-$1"
    printf '\n%s%d. %s%s\n' "$bold" "$step" "$2" "$plain"
    git switch --quiet --create "$1" main
}
told() {
    printf '%s$ %s%s\n' "$dim" "$*" "$plain"
}
# Other words in a file; an edit that finds nothing ends the replay.
edit() {
    grep -qF -- "$2" "$1" || { echo "$1 does not say: $2" >&2; exit 1; }
    sed -i.bak "s|$2|$3|" "$1"
    rm "$1.bak"
}
# On the branch: what would merging do? In comparison with main, without a token, and nobody is asked.
review() {
    git add --all .
    git commit --quiet --message "$1"
    git show --stat=100 --format= HEAD
    told "reconciler plan --base main --format markdown --out $name.json > $name.md"
    reconciler plan --base main --format markdown --out "$reports/$name.json" > "$reports/$name.md"
    told "reconciler plan --base main --format html > $name.html"
    reconciler plan --base main --format html > "$reports/$name.html"
    printf 'review:  %s\n' "$(sed -n 's/^\*\*\(.*\)\*\*$/\1/p' "$reports/$name.md" | head -n 1)"
}
# On main: do what was reviewed, and nothing else. What the apply says is kept, and shown where it is refused.
merge() {
    local branch
    branch="$(git branch --show-current)"
    git switch --quiet main
    told "git merge --no-ff $branch"
    git merge --quiet --no-ff --message "Merge $branch" "$branch"
    told "reconciler apply --equivalent-to $name.json --yes --wait training"
    if ! reconciler apply --endpoint "$account" --equivalent-to "$reports/$name.json" --yes --wait training \
        > "$stage/apply.log" 2>&1; then
        cat "$stage/apply.log"
        exit 1
    fi
    printf 'applied: %s\n' "$(tail -n 1 "$stage/apply.log")"
}
# The pull request is refused, and closed: main stays as it is.
closed() {
    git switch --quiet main
    printf 'closed:  %s\n' "$1"
}
# The first characters of the fingerprint of the model in force, as an alias names it: the same in every account.
fingerprint() {
    reconciler output --endpoint "$account" --format env | sed -n 's/^MODEL_LORA_SCENES_FINGERPRINT=//p' | cut -c 1-7
}

git init --quiet --initial-branch=main .
printf 'Our characters, kept in git.\n' > README.md
git add README.md
git commit --quiet --message "An empty repository"

pull_request new-character "A new character, Lora, in seven drawings: everything is new, and one model is trained."
mkdir manifests
mv ../character/*.yaml ../character/images manifests/
mv ../character/spare/lantern.* manifests/images/wink.* "$shelf"
edit manifests/model.yaml "name: lora-max" "name: lora-scenes"
edit manifests/model.yaml "training_mode: fully_automated" "training_mode: expert"
edit manifests/model.yaml "training_version: max" "training_version: bria-2.3"
edit manifests/model.yaml "{start: true}" "{start: true, rank: 64, learning_rate: 0.0002, total_training_steps: 1200}"
printf '  aliases: {production: current}\n' >> manifests/model.yaml
review "Lora, seven poses"
merge

pull_request two-drawings "Two drawings are swapped for two others: what goes is listed first and is never folded away."
mv manifests/images/umbrella.* manifests/images/paint.* ..
mv "$shelf"/* manifests/images/
mv ../umbrella.* ../paint.* "$shelf"
review "The lantern and the wink replace the umbrella and the easel"
merge

pull_request other-words "Other words for Lora: no drawing moves, and yet a model is trained. The report says why."
edit manifests/dataset.yaml "a female character with purple hair," "a cheerful girl with long purple hair,"
review "Lora is a cheerful girl with long hair"
merge

pull_request new-parameters "Another base model and a higher rank, as a candidate. Production stays where it is."
served="$(fingerprint)"
edit manifests/model.yaml "training_version: bria-2.3" "training_version: bria-3.2"
edit manifests/model.yaml "rank: 64" "rank: 128"
edit manifests/model.yaml "{production: current}" "{production: $served, candidate: current}"
review "Try bria-3.2 with rank 128; production keeps what it has"
merge

pull_request promotion "The candidate is liked: the alias moves, seven characters, and nothing is trained."
edit manifests/model.yaml "production: $served" "production: $(fingerprint)"
review "Promote the candidate"
merge

pull_request roll-back "The candidate disappoints: back to what was served before. The history of git knows that version."
edit manifests/model.yaml "production: $(fingerprint)" "production: $served"
review "Roll back: production serves what it served before"
merge

pull_request typo "A fingerprint with a wrong digit: refused here, and not by the program that asks for production afterwards."
edit manifests/model.yaml "production: $served" "production: a000000"
review "Promote something"
closed "no version has that fingerprint, and nothing would answer to production"

pull_request frozen "The model is not to be trained again, whatever changes, and a limit is raised: nothing is sent."
edit manifests/model.yaml "{start: true, rank: 128," "{start: true, retrain: never, rank: 128,"
printf 'limits: {trainings: 5}\n' > manifests/reconciler.yaml
review "Freeze the model, and raise the limit for the next character"
merge

pull_request tidy "A manifest goes, with its aliases, and another one deletes what was live before there was a git."
rm manifests/model.yaml
cat > manifests/old.yaml <<'YAML'
apiVersion: reconciler/v1
kind: Model
metadata: {name: lora-old, ensure: absent}
spec: {dataset: lora-poses}
YAML
review "Tidy up"
merge

told "reconciler output"
reconciler output --endpoint "$account"
printf '\nThat is all. The reports are in %s.\n' "$1"
