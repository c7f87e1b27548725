#!/bin/sh
# SPDX-License-Identifier: MIT
# check_generated.sh PROGRAM KIND: what PROGRAM generates is accepted by what reads it, and completes an option where
# the shell can be asked. 77: what reads it is not installed.
set -eu
home=$(mktemp -d)
made=$home/made.1 # mandoc reads the section from the name, or from the folder's where that has a full stop
trap 'rm -rf "$home"' EXIT
"$1" --generate "$2" > "$made"
test -s "$made"

says() {
    if ! grep -qxe "$1" "$made.said"; then
        echo "no line $1 in:"
        cat "$made.said"
        exit 1
    fi
}

case $2 in
man)
    command -v groff > /dev/null || command -v mandoc > /dev/null || exit 77
    if command -v groff > /dev/null; then
        groff -man -Tutf8 -ww -rCHECKSTYLE=3 "$made" 2> "$made.said" > /dev/null
    fi
    if command -v mandoc > /dev/null; then
        # Two builds of one source give the same page, so it has no date.
        mandoc -T lint -W warning "$made" | grep -v 'missing date' >> "$made.said" || true
    fi
    if test -s "$made.said"; then
        cat "$made.said"
        exit 1
    fi
    ;;
bash)
    command -v bash > /dev/null || exit 77
    bash -n "$made"
    # shellcheck disable=SC2016
    bash -c 'source "$1"
        COMP_WORDS=(httptrace --max-) COMP_CWORD=1; _httptrace; printf "%s\n" "${COMPREPLY[@]}"
        COMP_WORDS=(httptrace -o "${1%/*}/") COMP_CWORD=2; _httptrace; printf "%s\n" "${COMPREPLY[@]}"
        COMP_WORDS=(httptrace -X "") COMP_CWORD=2; _httptrace; echo "after -X: ${#COMPREPLY[@]}"' \
        bash "$made" > "$made.said"
    says --max-time
    says --max-redirs
    says "$made"
    says 'after -X: 0'
    ;;
fish)
    command -v fish > /dev/null || exit 77
    fish -n "$made"
    # shellcheck disable=SC2016
    HOME=$home fish --no-config -c 'source $argv[1]; complete -C "httptrace --max-"' "$made" 2> "$made.errors" |
        cut -f 1 > "$made.said"
    if test -s "$made.errors"; then
        cat "$made.errors"
        exit 1
    fi
    says --max-time
    says --max-redirs
    ;;
*)
    command -v "$2" > /dev/null || exit 77
    "$2" -n "$made"
    ;;
esac
