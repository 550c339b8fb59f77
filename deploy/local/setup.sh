#!/usr/bin/env bash
# The parts of the set-up that make cannot do itself; the steps are targets in the Makefile.
#
#   setup.sh begin MAKE              makes what has changed, one set-up at a time, if the machine has what it needs
#   setup.sh step NAME SCRIPT        runs a step quietly; if it fails, shows the end of its output
#   setup.sh fetch NAME SCRIPT       the same for a step that needs the network
#   setup.sh find_python             prints the Python to use
#   setup.sh pip_setting NAME        prints a setting of pip that uv also takes
#   setup.sh kafka SCRIPT            the same for Apache Kafka; without it a laptop has a stand-in, and CI fails
set -euo pipefail
{ true >&3; } 2>/dev/null || exec 3>&2 # where steps explain themselves, while make's own words go nowhere

begin() {
    local make=$1 faults=""
    if ! mkdir -p .local 2>/dev/null || ! touch .local/setup.lock 2>/dev/null; then
        stop "Set-up writes into the checkout: $PWD has to be yours, and not read-only."
    fi
    exec 9>>.local/setup.lock
    flock --nonblock 9 || { echo "Another set-up works in this checkout; waiting for it …" && flock 9; }
    if ! "$make" --question made 2>/dev/null; then # another set-up may have made it meanwhile
        faults=$(machine_faults "$make")
        [ -z "$faults" ] || stop "$faults"
        echo "Setting up this checkout; the first time that takes a minute or two:"
    fi
    "$make" --silent --keep-going --jobs made .local/kafka/lib/.made 3>&2 2>/dev/null 9>&- ||
        stop "Start again when that is mended: set-up goes on with what is missing."
}

stop() {
    printf '\nSet-up could not be finished.\n\n%s\n' "$1" >&2
    exit 1
}

# Prints everything that the machine lacks for the steps to do.
machine_faults() {
    if ! "$1" --question .venv/.made 2>/dev/null; then
        local python needed=${LEAST_FREE_MEGABYTES:-1500} free
        python=$(find_python) || echo "$python"
        free=$(($(df --output=avail -k . | tail -1) / 1000))
        [ -e .venv ] || [ "$free" -ge "$needed" ] ||
            echo "Only $free MB are free on the disk of $PWD; the packages take $needed MB. Free some space."
    fi
    "$1" --question node_modules/.package-lock.json 2>/dev/null || command -v npm >/dev/null ||
        echo "npm is not on this machine. Install Node.js with npm (Debian, Ubuntu: apt-get install npm)."
}

# Prints PYTHON, else the newest Python up to 3.13 that was built with optimizations, else the machine's own; if there is
# none, says why. An unoptimized Python is slower than an optimized one two versions older: docs/decisions/0024. Each is
# tried: a name on the path may be a shim with nothing behind it, and Debian needs python3-venv to make an environment.
find_python() {
    local python named=() minor
    for minor in 11 12 13; do
        named=("python3.$minor" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"3.$minor".*/bin/python3 "${named[@]}")
    done
    [ -z "${PYTHON:-}" ] || named=()
    for python in "${named[@]}"; do
        is_usable "$python" "import ensurepip; assert '--enable-optimizations' in config" && return
    done
    for python in "${PYTHON:-python3}" "${named[@]}"; do
        is_usable "$python" "import ensurepip" && return
    done
    for python in "${PYTHON:-python3}" "${named[@]}"; do
        if is_usable "$python" "" >/dev/null; then
            echo "$python makes no virtual environments. On Debian and Ubuntu: apt-get install python3-venv."
            return 1
        fi
    done
    echo "Cầu Nối needs Python 3.11 or newer, and ${PYTHON:-what is on the path} is none."
    echo "Install one, or name it: make run PYTHON=/path/to/python3"
    return 1
}

# Prints a Python that runs, is new enough and passes a test.
is_usable() {
    local config="import sys, sysconfig; assert sys.version_info >= (3, 11); config = sysconfig.get_config_var('CONFIG_ARGS')"
    "$1" -c "$config; $2" &>/dev/null && echo "$1"
}

# Prints pip's setting `index-url` or `cert`, which uv also takes; nothing if it is not set.
pip_setting() {
    .venv/bin/pip config list | sed -nE "s/^(:env:|global|install)\.$1='(.*)'\$/\2/p" | head -1
}

step() {
    local name=$1 script=$2 hint=${3:-} output started=$EPOCHREALTIME spent
    if output=$(bash -euo pipefail -c "$script" 2>&1 </dev/null); then
        spent=$(((${EPOCHREALTIME/[.,]/} - ${started/[.,]/}) / 100000))
        printf '  %-28s %3d.%d s\n' "$name" $((spent / 10)) $((spent % 10))
        return
    fi
    case $output in *"No space left"* | *ENOSPC*)
        hint="The disk is full: free some space and start again; set-up goes on where it stopped." ;;
    esac
    printf '\n%s failed:\n%s\n%s\n' "$name" "$(tail -n 15 <<<"$output" | cut -c -400 | sed 's/^/    /')" "$hint" >&3
    return 1
}

fetch() {
    step "$1" "$2" "Set-up needs the package registries of Python, npm and (for Kafka) Maven the first time; later starts need no
network. If this machine reaches them through a proxy or a mirror, set it up for pip, npm and mvn as usual."
}

kafka() {
    local lacking="see above."
    if ! command -v mvn >/dev/null; then
        lacking="mvn is not on this machine (Debian, Ubuntu: apt-get install maven)."
    elif ! command -v java >/dev/null && [ -z "${JAVA_HOME:-}" ]; then
        lacking="mvn needs a Java, and none is on this machine (Debian, Ubuntu: apt-get install default-jre-headless)."
    elif fetch "Apache Kafka" "$1"; then
        return
    fi
    echo "Apache Kafka could not be set up: $lacking" >&3
    if [ "${CI:-}" = true ]; then
        echo "In CI the tests run on the real broker or not at all." >&3
        return 1
    fi
    echo "The stack will run on librdkafka's broker in memory instead." >&3
}

"$@"
