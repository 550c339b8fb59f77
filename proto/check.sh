#!/usr/bin/env bash
# Checks the contracts by buf's rules, and that nothing changed or went away that callers of an earlier version rely on.
#
# `proto/check.sh [folder]` checks a folder, by default proto/. It compares with the git revision AGAINST, else with the
# revision in proto/baseline: the contracts that are in use somewhere. After a release has reached every ward, write its
# commit there. What came after that revision may still be changed. Works offline.
set -euo pipefail
contracts=$(realpath "${1:-$(dirname "$0")}")
cd "$(dirname "$0")/.."
buf=.venv/bin/buf

"$buf" lint "$contracts"

against=${AGAINST:-$(cat proto/baseline)}
revision=$(git rev-parse --verify --quiet "$against^{commit}") || {
    echo "buf breaking: $against is not in this clone; fetch the whole history (git fetch --unshallow)" >&2
    exit 1
}
"$buf" breaking "$contracts" --against ".git#ref=$revision,subdir=proto"
echo "buf: clean, and compatible with ${revision:0:12}"
