#!/usr/bin/env bash
# Every test: the whole workspace with SQLite, then again what touches a database on MariaDB and on PostgreSQL.
# Arguments go to `cargo test`, for example the name of a test. Fails when any of them fails, after all have run.
set -uo pipefail
cd "$(dirname "$0")/.."
export INSTA_UPDATE=${INSTA_UPDATE:-no}

cargo test --workspace --no-run || exit 1

failed=()
echo "== SQLite"
scripts/databases.sh sqlite -- cargo test --workspace --no-fail-fast "$@" || failed+=(SQLite)
for kind in mariadb postgresql; do
    echo "== $kind"
    scripts/databases.sh "$kind" -- cargo test --workspace --lib --bins --tests --no-fail-fast "$@" || failed+=("$kind")
done

if [ ${#failed[@]} -gt 0 ]; then
    echo "Tests failed on: ${failed[*]}" >&2
    exit 1
fi
echo "All tests passed on SQLite, MariaDB and PostgreSQL."
