#!/bin/sh
# SPDX-License-Identifier: MIT
# check_generated.sh PROGRAM KIND: what PROGRAM generates is accepted by what reads it. 77: that is not installed.
set -eu
made=$(mktemp)
trap 'rm -f "$made" "$made.err"' EXIT
"$1" --generate "$2" > "$made"
test -s "$made"

case $2 in
man)
    command -v groff > /dev/null || command -v mandoc > /dev/null || exit 77
    if command -v groff > /dev/null; then
        groff -man -Tutf8 -ww -rCHECKSTYLE=3 "$made" 2> "$made.err" > /dev/null
        if test -s "$made.err"; then
            cat "$made.err"
            exit 1
        fi
    fi
    if command -v mandoc > /dev/null; then
        mandoc -T lint -W warning "$made"
    fi
    ;;
*)
    command -v "$2" > /dev/null || exit 77
    "$2" -n "$made"
    ;;
esac
