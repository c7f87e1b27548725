#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing of the Debian packages for a purpose: "build" (the default) or "test".
#
# One row per package: what it must provide (of several commands any) | the package | what for. What is there already,
# from wherever it came, is left alone. Nothing is ever removed, and no server that comes with a package is started or will start at boot.
set -euo pipefail

build_rows='
command cc                           | gcc                  | the compiler
header stdio.h                       | libc6-dev            | the C library
command make                         | make                 | the build
command cmake                        | cmake                | the build
command pkg-config                   | pkg-config           | finds the libraries
library libcurl >= 7.88              | libcurl4-openssl-dev | sends the requests
library openssl >= 3.0               | libssl-dev           | TLS and certificates
library libnghttp2 >= 1.52           | libnghttp2-dev       | HPACK, names of HTTP/2
library jansson >= 2.13              | libjansson-dev       | JSON
library zlib >= 1.2                  | zlib1g-dev           | holds bodies against Content-Encoding
library libbrotlidec >= 1.0          | libbrotli-dev        | holds bodies against Content-Encoding
'
test_rows='
library cmocka                       | libcmocka-dev        | unit tests
command python3                      | python3              | end-to-end tests
python pytest                        | python3-pytest       | end-to-end tests
python jsonschema                    | python3-jsonschema   | holds reports against their schema
python yaml                          | python3-yaml         | reads the diagnostics of TAP
command prove                        | perl                 | reads TAP
command curl                         | curl                 | the lab is tested with it, times are compared with it
command openssl                      | openssl              | s_server, and throw-away certificates
command nginx                        | nginx                | server
file /usr/lib/nginx/modules/ngx_http_brotli_filter_module.so | libnginx-mod-http-brotli-filter | a body in br
command haproxy                      | haproxy              | server
command caddy                        | caddy                | server
command nghttpd                      | nghttp2-server       | server
command squid                        | squid-openssl        | proxy, also one that is reached by TLS
command tinyproxy                    | tinyproxy-bin        | proxy
command go                           | golang-go            | a server with net/http
command tshark                       | tshark               | the independent witness
command tcpdump                      | tcpdump              | captures for the witness
command ip                           | iproute2             | network namespaces, for the middlebox lab
command nft                          | nftables             | its packet filters
command iptables                     | iptables             | one that looks for strings
command unshare                      | util-linux           | a small file system that is full
command protoc                       | protobuf-compiler    | reads the definitions of OpenTelemetry
python google.protobuf                | python3-protobuf     | holds spans against them
command dnsmasq                      | dnsmasq-base         | a resolver that lies
command xmllint                      | libxml2-utils        | holds JUnit reports against their schema
command promtool                     | prometheus           | judges metrics
python prometheus_client             | python3-prometheus-client | reads them
command prometheus-node-exporter     | prometheus-node-exporter | collects them
command cmark-gfm                    | cmark-gfm            | renders Markdown reports
command chromium-headless-shell chromium | chromium-headless-shell | looks at HTML reports
command jq                           | jq                   | recipes of the cookbook
command shellcheck                   | shellcheck           | checks the scripts
command mandoc                       | mandoc               | reads the man page
command zsh                          | zsh                  | reads its completions
command fish                         | fish                 | reads its completions
'
# Packages above whose services Debian would start.
services='nginx haproxy caddy nghttpx squid tinyproxy prometheus prometheus-node-exporter'

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
log=$(mktemp)
policy=/usr/sbin/policy-rc.d
policy_ours=
trap 'rm -f "$log"; [ -z "$policy_ours" ] || as_root rm -f "$policy"' EXIT

say() { printf 'setup: %s\n' "$*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

any_command() { # name...
    local name
    for name in "$@"; do
        ! command -v "$name" >/dev/null || return 0
    done
    return 1
}

provided() { # kind what...
    local kind=$1
    shift
    case $kind in
        command) any_command "$@" ;;
        header) [ -e "/usr/include/$1" ] || echo "#include <$1>" | cc -E - >/dev/null 2>&1 ;;
        library) pkg-config --exists "$*" 2>/dev/null ;;
        python) python3 -c "import $1" 2>/dev/null || /usr/bin/python3 -c "import $1" 2>/dev/null ;;
        file) [ -e "$1" ] ;;
    esac
}

missing_packages() { # rows
    local need package _
    while IFS='|' read -r need package _; do
        # shellcheck disable=SC2086 # words on purpose
        [ -z "$need" ] || provided $need || echo "${package// /}"
    done <<<"$1"
}

quietly() {
    "$@" >"$log" 2>&1 || {
        cat "$log" >&2
        say "failed: $*"
        return 1
    }
}

# Debian's own way to say that nothing may be started by a package (invoke-rc.d(8)); one that is there stays.
forbid_starts() {
    [ ! -e "$policy" ] || return 0
    policy_ours=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
}

installed() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

forbid_boot() { # services that were not there before
    local service
    for service in "$@"; do
        if command -v systemctl >/dev/null && [ -e "/lib/systemd/system/$service.service" ]; then
            quietly as_root systemctl disable "$service"
        elif [ -e "/etc/init.d/$service" ]; then
            quietly as_root update-rc.d "$service" disable
        fi
    done
}

install_packages() { # package...
    local service fresh=()
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
    for service in $services; do
        [ -e "/lib/systemd/system/$service.service" ] || [ -e "/etc/init.d/$service" ] || fresh+=("$service")
    done
    say "installing $*"
    quietly as_root "${apt[@]}" update
    forbid_starts
    quietly as_root "${apt[@]}" install --no-install-recommends --no-remove "$@"
    forbid_boot ${fresh[@]+"${fresh[@]}"}
}

purpose=${1:-build}
case $purpose in
    build) rows=$build_rows ;;
    test) rows=$build_rows$test_rows ;;
    *)
        say "usage: setup.sh [build|test]"
        exit 2
        ;;
esac
mapfile -t missing < <(missing_packages "$rows")
[ ${#missing[@]} -gt 0 ] || exit 0
if ! command -v apt-get >/dev/null; then
    say "no apt-get here. Install what provides these Debian packages: ${missing[*]}"
    exit 1
fi
if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    say "neither root nor sudo. Ask for these packages: ${missing[*]}"
    exit 1
fi
install_packages "${missing[@]}"
