#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what the tests need, builds the release and the sanitized program with warnings as errors, and runs all tests
# on the first, and all but most of the end-to-end tests on the second. Exit code 0 only if everything passed.
set -euo pipefail

cd "$(dirname "$0")/.."
jobs=$(nproc)
summary=()
failed=0
# Enough of the end-to-end tests to send every room's code through the sanitizers; they run on the release build whole.
asan_tests='^(unit|fuzz|style|lab)\.|^e2e\.(cli|record|http|failures)$'

say() { printf '\n== %s\n' "$*"; }

# Configures and builds one preset; the whole output only where it fails.
build() {
    local preset=$1 log started=$SECONDS
    log=$(mktemp)
    say "build $preset"
    if cmake --preset "$preset" -DBUILD_TESTING=ON -DHT_WERROR=ON >"$log" 2>&1 &&
        cmake --build "build/$preset" --parallel "$jobs" >>"$log" 2>&1; then
        summary+=("build $preset: passed, $((SECONDS - started)) s")
        rm -f "$log"
        return 0
    fi
    cat "$log"
    rm -f "$log"
    summary+=("build $preset: FAILED")
    failed=1
    return 1
}

# ctest on one preset, with further arguments; its own lines say what was run.
run() {
    local preset=$1 log started=$SECONDS verdict=passed
    shift
    log=$(mktemp)
    say "test $preset"
    if ! ctest --test-dir "build/$preset" --output-on-failure --no-tests=error --parallel "$jobs" "$@" | tee "$log"; then
        verdict=FAILED
        failed=1
    fi
    summary+=("test $preset: $verdict, $((SECONDS - started)) s; $(grep -E 'tests passed' "$log" || echo 'no result')")
    while read -r line; do
        summary+=("  $line")
    done < <(grep -E '\*\*\*(Failed|Timeout|Skipped|Exception|Not Run)|\(Not Run\)' "$log" || true)
    rm -f "$log"
}

./scripts/setup.sh test
if build release; then run release; fi
if build asan; then run asan -R "$asan_tests"; fi

say summary
printf '%s\n' "${summary[@]}"
exit "$failed"
