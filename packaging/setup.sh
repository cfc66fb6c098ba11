#!/bin/sh
# Installs what a step needs and this machine lacks, on Debian 12.
#
#   sh packaging/setup.sh build|test|full|galera|bench
#
# A package is asked for only if its command or file is missing: Node may come from
# elsewhere, and Debian's npm would conflict with it. When nothing is missing, no
# package manager is started at all.
set -eu
# Servers stand in sbin, which a user's PATH may lack.
PATH=$PATH:/usr/local/sbin:/usr/sbin

missing=
want() { # want PACKAGE: once
    case " $missing " in *" $1 "*) ;; *) missing="$missing $1" ;; esac
}
command_from() { # command_from COMMAND PACKAGE
    command -v "$1" >/dev/null 2>&1 || want "$2"
}
file_from() { # file_from PATH PACKAGE
    [ -e "$1" ] || want "$2"
}
header_from() { # header_from HEADER PACKAGE: the preprocessor's own search decides
    if command -v gcc >/dev/null 2>&1; then
        printf '#include <%s>\n' "$1" |
            gcc -E -DPCRE2_CODE_UNIT_WIDTH=8 -x c - >/dev/null 2>&1 && return
    fi
    want "$2"
}
library_from() { # library_from NAME PACKAGE: as CMake asks, by pkg-config
    if command -v pkg-config >/dev/null 2>&1; then
        pkg-config --exists "$1" && return
    fi
    want "$2"
}

for_build() {
    command_from gcc gcc
    command_from cmake cmake
    command_from ninja ninja-build
    command_from pkg-config pkg-config
    command_from node nodejs
    command_from npm npm
    file_from /etc/ssl/certs/ca-certificates.crt ca-certificates
    header_from stdio.h libc6-dev
    header_from pcre2.h libpcre2-dev
    header_from xxhash.h libxxhash-dev
    header_from jansson.h libjansson-dev
    header_from sqlite3.h libsqlite3-dev
    header_from microhttpd.h libmicrohttpd-dev
    header_from openssl/hmac.h libssl-dev
    header_from gmp.h libgmp-dev
    header_from cmocka.h libcmocka-dev
}
for_test() {
    for_build
    command_from git git
    command_from pre-commit pre-commit
    command_from curl curl
    command_from openssl openssl
    command_from sqlite3 sqlite3
    library_from libmariadb libmariadb-dev
    library_from libpq libpq-dev
    # The server a store is tested on; the tests start one of their own.
    command_from mariadbd mariadb-server
}
for_full() {
    for_test
    command_from clang clang
    command_from clang-format clang-format
    command_from valgrind valgrind
    [ -d /usr/lib/postgresql ] || command_from postgres postgresql
}
for_galera() {
    for_test
    command_from rsync rsync
    command_from wsrep_sst_rsync mariadb-server
    file_from /usr/lib/galera/libgalera_smm.so galera-4
}

for_bench() {
    for_build
    command_from git git
    command_from python3 python3
    command_from rg ripgrep
    command_from valgrind valgrind
}

case "${1:-}" in
build) for_build ;;
test) for_test ;;
full) for_full ;;
galera) for_galera ;;
bench) for_bench ;;
*) echo "usage: sh packaging/setup.sh build|test|full|galera|bench" >&2; exit 2 ;;
esac

[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "setup: install these and try again:$missing" >&2
    exit 1
fi
if [ "$(id -u)" != 0 ]; then
    echo "setup: run as root, or install these packages:$missing" >&2
    exit 1
fi
mkdir -p build/logs
log=build/logs/setup.log
echo "setup: installing$missing (what apt says: $log)"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of package names
if ! { apt-get update -q && apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    echo "setup: the packages could not be installed" >&2
    exit 1
fi
