#!/usr/bin/env bash
# Our side alone on large databases: scripts/million.sh [TICKETS [KIND...]]
#
# Fills throw-away servers (mariadb, postgresql) and a SQLite file (sqlite) with a million tickets each, one after the
# other, and measures our server on them: the time from its start to the first ticket, requests per second, memory.
# That takes some minutes and up to 25 GB in ${TMPDIR:-/tmp} for each of them; nothing of it stays.
set -euo pipefail
cd "$(dirname "$0")/.."
export tickets=${1:-1000000}
shift $(($# > 0 ? 1 : 0))
[ $# -gt 0 ] || set -- mariadb postgresql sqlite
cargo build --release --workspace --bins
export programs=${CARGO_TARGET_DIR:-target}/release
# What a server with this many tickets would be given.
export OTTERDESK_TEST_DATABASE_MEMORY=${OTTERDESK_TEST_DATABASE_MEMORY:-2GB}

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
            directory=$(mktemp -d "${TMPDIR:-/tmp}/otterdesk-sqlite.XXXXXX")
            trap 'rm -rf "$directory"' EXIT
            trap 'exit 143' TERM
            url=sqlite:$directory/million.sqlite
            ;;
    esac
    "$programs/fill" --tickets "$tickets" --database-url "$url"
    # The indexes are back, and so is everything else.
    "$programs/otterdesk" schema check --database-url "$url"
    "$programs/bench" --database-url "$url" --password otter --seconds 5 --port 0 \
        --path /otrs/nph-genericinterface.pl/Webservice/Brookside
}
export -f measure
for kind in "$@"; do
    echo "== $kind"
    scripts/databases.sh "$kind" -- bash -euc measure
done
