#!/usr/bin/env bash
# Checks the contracts by buf's rules, and that nothing changed or went away that callers of an earlier version rely on.
#
# `proto/check.sh [folder]`, by default of proto/. Compared with AGAINST, a git revision; else with the revision in
# proto/baseline: the contracts that are in use somewhere. Whoever has brought a release to every ward writes its
# commit there; what came since may still be changed. Offline.
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
