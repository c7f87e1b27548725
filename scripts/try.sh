#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds httptrace and traces a URL: ./scripts/try.sh [options of httptrace] [URL]. Without a URL it traces two answers
# of httptrace-lab on this machine, a healthy one and an intercepted one. Exit code: httptrace's.
set -euo pipefail

cd_from=$PWD
cd "$(dirname "$0")/.."
root=$PWD
build=$root/build/release
httptrace=$build/src/cli/httptrace
lab=$build/tests/lab/httptrace-lab
healthy=healthy.h2
intercepted=cert.inspection_issuer

quietly() { # what it is, command...
    local what=$1 log
    shift
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        echo "try.sh: $what failed" >&2
        rm -f "$log"
        exit 1
    fi
    rm -f "$log"
}

build_release() {
    ./scripts/setup.sh build
    [ -e "$build/CMakeCache.txt" ] || quietly configuring cmake --preset release -DBUILD_TESTING=OFF
    quietly building cmake --build "$build" --parallel "$(nproc)" --target httptrace httptrace-lab
}

# Whether an option, as it was written, takes the next argument: --help says so. Of letters that share a dash, the first
# that takes a value takes the rest as well.
takes_value() {
    local letters=${1#-}
    case $1 in
        --*=*) return 1 ;;
        --*) grep -qE -- "(^ *|, )$1 <" <<<"$help" ;;
        *)
            while [ -n "$letters" ] && ! grep -qE -- "^ *-${letters:0:1}, [^ ]+ <" <<<"$help"; do
                letters=${letters:1}
            done
            [ ${#letters} = 1 ]
            ;;
    esac
}

# Whether the arguments say by themselves what to do: they name a URL, or an option that needs none.
complete() {
    local help
    help=$("$httptrace" --help all)
    while [ $# -gt 0 ]; do
        case $1 in
            --read | --read=* | --url | --url=* | --generate | --list-* | --explain | -h | --help | -V | --version | -K | --config) return 0 ;;
            --) [ $# -gt 1 ] && return 0 ;;
            -?*) ! takes_value "$1" || shift ;;
            *) return 0 ;;
        esac
        [ $# -eq 0 ] || shift
    done
    return 1
}

trace_demo() { # row, options
    local url
    url=$(awk -v row="$1" '$1 == row {print $2}' "$dir/lab")
    shift
    printf '\n$ httptrace --cacert %s %s\n' "$dir/ca.pem" "${*:+$* }$url" >&2
    "$httptrace" --cacert "$dir/ca.pem" "$@" "$url"
}

# The lab says where it listens once it does.
start_lab() {
    "$lab" --ca-file "$dir/ca.pem" "$healthy" "$intercepted" >"$dir/lab" &
    lab_pid=$!
    for _ in $(seq 100); do
        if grep -q "^$intercepted " "$dir/lab"; then
            return 0
        fi
        kill -0 "$lab_pid" 2>/dev/null || break
        sleep 0.1
    done
    echo "try.sh: httptrace-lab did not start" >&2
    exit 1
}

# The exit code is that of the healthy trace.
demonstrate() {
    local code=0
    dir=$(mktemp -d)
    lab_pid=
    trap '[ -z "$lab_pid" ] || kill "$lab_pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
    start_lab
    trace_demo "$healthy" "$@" || code=$?
    trace_demo "$intercepted" "$@" || true
    exit "$code"
}

build_release
cd "$cd_from"
complete "$@" || demonstrate "$@"
exec "$httptrace" "$@"
