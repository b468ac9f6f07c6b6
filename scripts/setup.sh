#!/usr/bin/env bash
# Installs what building and testing Otterdesk need on Debian: a C compiler and the libraries that the
# crates link, and the server programs of MariaDB, PostgreSQL and Dovecot for the tests; with the argument `build` only
# what building needs.
#
# No service is started, and databases that run already are left alone: the tests bring up their own.
# When everything is there, it asks nobody for anything and ends at once.
set -euo pipefail

missing=()
need() { # need PACKAGE CHECK...: the package is missing when the check fails
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}
installed() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }
postgres_programs() { compgen -G '/usr/lib/postgresql/*/bin/initdb' || command -v initdb; }
mariadb_programs() { { command -v mariadbd || [ -x /usr/sbin/mariadbd ]; } && command -v mariadb-install-db; }

need gcc command -v cc
need libc6-dev test -e /usr/include/stdlib.h
need libxslt1.1 installed libxslt1.1
if [ "${1:-}" != build ]; then
    need util-linux command -v setpriv
    need mariadb-server mariadb_programs
    need postgresql postgres_programs
    need dovecot-imapd installed dovecot-imapd
    need dovecot-pop3d installed dovecot-pop3d
    need openssl command -v openssl
fi

if ! command -v cargo >/dev/null; then
    echo "setup: cargo is missing; install Rust first: https://rustup.rs" >&2
    exit 1
fi
components=()
cargo fmt --version >/dev/null 2>&1 || components+=(rustfmt)
cargo clippy --version >/dev/null 2>&1 || components+=(clippy)
[ ${#components[@]} -eq 0 ] || rustup component add "${components[@]}"

[ ${#missing[@]} -gt 0 ] || exit 0
echo "setup: installing ${missing[*]}"

as_root=()
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "setup: run this as root, or install by hand: ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi

# Debian starts a database server as soon as it is installed, unless this file says no. An existing policy
# is the administrator's, and stays.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi

apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@" </dev/null
}
apt update
apt install --no-install-recommends "${missing[@]}"
