#!/usr/bin/env bash
# Asks the reference system and us the same questions on the same database, on each kind of database, and prints a
# table of the differences in answers and rows:
#
#   ZNUNY=path/to/znuny scripts/compat.sh [--record|--keep-deviations] [mysql|postgresql]...
#
# First come the cases that read, then those that write and the recorded sequences, then SEQUENCES random sequences
# (100 unless said otherwise; 0 for none) from seed SEED on.
#
# ZNUNY is the control script of a Znuny 6.5; without it, `znuny` is looked for on the PATH. It must know
#   up mysql|postgresql   a FRESH database of that kind, and the server on it: what was there is lost
#   env                   ZNUNY_URL=… and ZNUNY_DSN=… (its address, and that of its database)
#   console ARGS...       the console of Znuny
#   restart               the web server anew
# ZNUNY_MYSQL and ZNUNY_POSTGRESQL name one for each kind, when there are two systems.
# With ZNUNY_HOME, the home of the system (such as /opt/otrs), both also take turns on the same tickets.
#
# --record keeps the reference's answers under fixtures/compat/answers instead of comparing; --keep-deviations keeps
# ours to the cases that differ on purpose. Reports of unequal answers are written to target/compat-KIND.md.
set -euo pipefail
cd "$(dirname "$0")/.."

options=() kinds=()
for word in "$@"; do
    case $word in
        mysql | postgresql) kinds+=("$word") ;;
        --record | --keep-deviations) options+=("$word") ;;
        *) sed -n '5p' "$0" | sed 's/^# */usage: /' >&2; exit 2 ;;
    esac
done
[ ${#kinds[@]} -gt 0 ] || kinds=(mysql postgresql)

cargo build --quiet --workspace --bins
target=${CARGO_TARGET_DIR:-target}
mkdir -p target

failed=0
for kind in "${kinds[@]}"; do
    name=ZNUNY_${kind^^}
    znuny=${!name:-${ZNUNY:-znuny}}
    command -v "$znuny" >/dev/null || {
        echo "compat: no control script of a reference system; set ZNUNY (see the head of $0)" >&2
        exit 2
    }
    echo "A fresh reference system on $kind" >&2
    "$znuny" up "$kind" >/dev/null
    settings=$("$znuny" env)
    url=$(sed -n 's/^ZNUNY_URL=//p' <<<"$settings")
    database=$(sed -n 's/^ZNUNY_DSN=//p' <<<"$settings")
    compat=("$target/debug/compat" --reference "$url" --database-url "$database")
    # Znuny keeps what it once read: the rows are new to it.
    forget() {
        "$znuny" console Maint::Cache::Delete >/dev/null
        "$znuny" console Maint::Config::Rebuild >/dev/null
        "$znuny" restart
    }
    "${compat[@]}" --load
    forget
    "${compat[@]}" --report "target/compat-$kind.md" "${options[@]}" || failed=1
    "${compat[@]}" --for-writing
    forget
    for part in write sequences; do
        "${compat[@]}" --part "$part" --report "target/compat-$kind-$part.md" "${options[@]}" || failed=1
    done
    if [ ${#options[@]} = 0 ] && [ "${SEQUENCES:-100}" != 0 ]; then
        "$target/debug/sequences" --reference "$url" --database-url "$database" \
            --count "${SEQUENCES:-100}" --seed "${SEED:-1000}" || failed=1
    fi
    if [ -n "${ZNUNY_HOME:-}" ]; then
        "$target/debug/coexist" --reference "$url" --database-url "$database" --otrs-home "$ZNUNY_HOME" || failed=1
    fi
done
exit "$failed"
