#!/usr/bin/env bash
# One of the three steps, by name.
set -euo pipefail
case "${STEP_COMMAND:-}" in
    plan | apply | drift) exec bash "$(dirname -- "${BASH_SOURCE[0]}")/$STEP_COMMAND.sh" ;;
esac
echo "The command is plan, apply or drift." >&2
exit 64
