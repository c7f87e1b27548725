#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# How well httptrace judges: runs every fault, hard negative and healthy request whose truth is known, prints those that
# were not named exactly, the confusion table and totals. Usage: scripts/accuracy.sh [--build DIR] [OPTION...] [PATTERN...];
# options and patterns are tests/accuracy/accuracy.py's (--help tells). Exit code 0 only if the goals hold.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build/release
python=/usr/bin/python3
[ -x "$python" ] || python=python3

if [ "${1:-}" = --build ]; then
    [ $# -ge 2 ] || { echo "accuracy.sh: --build needs a directory" >&2; exit 2; }
    build=$2
    shift 2
fi

build_it() {
    if [ "$build" = "$root/build/release" ]; then
        (cd "$root" && cmake --preset release -DBUILD_TESTING=ON)
    else
        cmake -S "$root" -B "$build" -DBUILD_TESTING=ON
    fi
    cmake --build "$build" --parallel "$(nproc)" --target httptrace httptrace-lab tunbox
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! build_it >"$log" 2>&1; then
    cat "$log" >&2
    echo "accuracy.sh: the build failed" >&2
    exit 1
fi

tunbox=$build/tests/lab/tunbox
[ -x "$tunbox" ] || tunbox=
PYTHONDONTWRITEBYTECODE=1 HTTPTRACE_E2E_CACHE=${HTTPTRACE_E2E_CACHE:-$build/tests/e2e/cache} \
    "$python" "$root/tests/accuracy/accuracy.py" --httptrace "$build/src/cli/httptrace" \
    --lab "$build/tests/lab/httptrace-lab" --tunbox "$tunbox" "$@"
