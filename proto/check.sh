#!/usr/bin/env bash
# Contracts: buf's rules, and nothing that callers of an earlier version rely on has changed or gone.
#
# Compared with AGAINST, a git revision; else with the revision in proto/baseline, the contracts that are in use
# somewhere; else with the commit before this one. Offline.
set -euo pipefail
cd "$(dirname "$0")/.."
buf=.venv/bin/buf

"$buf" lint proto

if [ -n "${AGAINST:-}" ]; then
    against=$AGAINST
elif [ -f proto/baseline ]; then
    against=$(cat proto/baseline)
elif git rev-parse --verify --quiet HEAD~1 >/dev/null; then
    against=HEAD~1
else
    echo "buf breaking: this is the first commit, there is nothing to compare with"
    exit 0
fi
revision=$(git rev-parse --verify --quiet "$against^{commit}") || {
    echo "buf breaking: $against is not in this clone; fetch the whole history (git fetch --unshallow)" >&2
    exit 1
}
if ! git cat-file -e "$revision:proto/buf.yaml" 2>/dev/null; then
    echo "buf breaking: ${revision:0:12} has no contracts yet, there is nothing to compare with"
    exit 0
fi
"$buf" breaking proto --against ".git#ref=$revision,subdir=proto"
echo "buf: clean, and compatible with ${revision:0:12}"
