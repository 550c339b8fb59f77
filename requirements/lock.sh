#!/usr/bin/env bash
# Locks what pyproject.toml asks for, by hash, for every system and Python: a file for each process's image, for the
# stubs, for what set-up brings first, and development.txt for a checkout.
#
# What is locked stays at its version while that fits. `requirements/lock.sh --upgrade` takes the newest of all,
# `--upgrade-package NAME` of one.
set -euo pipefail
cd "$(dirname "$0")/.."

lock() { # group options…
    .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --group "pyproject.toml:$1" --output-file "requirements/$1.txt" "${@:2}"
}

lock development "$@"
for group in accounts dossiers notifications gateway stubs bootstrap; do
    lock "$group" "$@" --constraints requirements/development.txt # images have the versions that were tested
done
