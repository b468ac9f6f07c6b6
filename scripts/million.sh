#!/usr/bin/env bash
# Our side alone on a large database: scripts/million.sh [mariadb|postgresql|sqlite] [TICKETS]
#
# Fills a throw-away server (or a SQLite file) with a million tickets, which takes minutes and some 6 GB in ${TMPDIR:-/tmp},
# then measures our server on it: the time from its start to the first ticket, requests per second, memory.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-mariadb}
tickets=${2:-1000000}
cargo build --release --workspace --bins
export programs=${CARGO_TARGET_DIR:-target}/release tickets

measure() {
    case ${OTTERDESK_TEST_DATABASE_URL:-} in
        mysql:*)
            address=${OTTERDESK_TEST_DATABASE_URL#*@}
            mariadb --no-defaults --protocol=tcp --host="${address%:*}" --port="${address#*:}" \
                --user=otterdesk --password=otterdesk --execute='CREATE DATABASE million'
            url=$OTTERDESK_TEST_DATABASE_URL/million
            ;;
        postgres:*) url=$OTTERDESK_TEST_DATABASE_URL ;;
        *)
            directory=$(mktemp -d)
            trap 'rm -rf "$directory"' EXIT
            url=sqlite:$directory/million.sqlite
            ;;
    esac
    "$programs/fill" --tickets "$tickets" --database-url "$url"
    "$programs/bench" --database-url "$url" --password otter --seconds 5 \
        --path /otrs/nph-genericinterface.pl/Webservice/Brookside
}
export -f measure
scripts/databases.sh "$kind" -- bash -euc measure
