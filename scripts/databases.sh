#!/usr/bin/env bash
# Runs a command with a throw-away database server:
#
#   scripts/databases.sh mariadb|postgresql|sqlite -- COMMAND ARGS...
#
# The command finds the server in OTTERDESK_TEST_DATABASE_URL, with a user that may create databases; tests
# make one of their own in it. With sqlite the variable is unset, and tests use files.
# OTTERDESK_TEST_DATABASE_MEMORY is what the server keeps in memory of its data: 256MB.
#
# The server listens on a free port of the loopback address, keeps its data in a new temporary directory, does
# without the safety of a disk that can lose power, and ends with the command. Several runs can go on at the same
# time, and beside any other database: what is stopped at the end is the process that was started here.
set -euo pipefail

usage() { sed -n '4p' "$0" | sed 's/^# */usage: /' >&2; exit 2; }
[ $# -ge 3 ] && [ "$2" = -- ] || usage
kind=$1
memory=${OTTERDESK_TEST_DATABASE_MEMORY:-256MB}
shift 2

work='' server='' command=''
stop() {
    trap - EXIT INT TERM HUP
    if [ -n "$command" ]; then kill "$command" 2>/dev/null || true; fi
    if [ -n "$server" ]; then
        # Nothing in there is worth an orderly shutdown, but PostgreSQL's shared memory is: QUIT frees it.
        kill -QUIT "$server" 2>/dev/null || true
        [ "$kind" = mariadb ] && kill -KILL "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    if [ -n "$work" ]; then rm -rf "$work"; fi
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# as USER COMMAND...: root becomes the server's own user, anybody else stays who they are. Either way the server dies
# with this script, even when the script is killed.
as() {
    local user=$1
    shift
    if [ "$(id -u)" = 0 ]; then
        exec setpriv --reuid="$user" --regid="$user" --init-groups --pdeathsig KILL "$@"
    else
        exec setpriv --pdeathsig KILL "$@"
    fi
}

free_port() {
    local port
    for _ in $(seq 200); do
        port=$((20000 + RANDOM % 12000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    echo "databases: no free port" >&2
    return 1
}

prepare_directory() { # prepare_directory USER
    work=$(mktemp -d "${TMPDIR:-/tmp}/otterdesk-$kind.XXXXXX")
    if [ "$(id -u)" = 0 ]; then chown "$1:" "$work"; fi
    chmod 700 "$work"
}

failed_to_start() {
    echo "databases: $kind did not start:" >&2
    tail -n 30 "$work/log" >&2
    exit 1
}

# await CHECK...: true as soon as the check succeeds, false when the server is gone or a minute is over.
await() {
    for _ in $(seq 600); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        kill -0 "$server" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

start_mariadb() {
    local port program attempt
    program=$(command -v mariadbd || echo /usr/sbin/mariadbd)
    prepare_directory mysql
    # Now and then MariaDB 10.11 crashes while it writes its system tables; another try is all it takes.
    for attempt in 1 2 3 4 5; do
        rm -rf "$work/data"
        (cd "$work" && as mysql mariadb-install-db --no-defaults --datadir="$work/data" \
            --auth-root-authentication-method=normal --skip-test-db) >"$work/log" 2>&1 && break
        [ "$attempt" -lt 5 ] || failed_to_start
    done
    cat >"$work/first.sql" <<SQL
CREATE USER 'otterdesk'@'%' IDENTIFIED BY 'otterdesk';
GRANT ALL PRIVILEGES ON *.* TO 'otterdesk'@'%';
SQL
    for _ in 1 2 3 4 5; do
        port=$(free_port)
        (cd "$work" && as mysql "$program" --no-defaults --datadir="$work/data" --tmpdir="$work" \
            --socket="$work/socket" --pid-file="$work/pid" --port="$port" --bind-address=127.0.0.1 \
            --skip-name-resolve --character-set-server=utf8mb4 --max-connections=1000 --max-allowed-packet=64M \
            --innodb-file-per-table=0 --innodb-buffer-pool-size="${memory%B}" --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 \
            --innodb-flush-method=nosync --innodb-sort-buffer-size=16M \
            --innodb-stats-auto-recalc=0 --skip-log-bin) >>"$work/log" 2>&1 &
        server=$!
        if await mariadb-admin --no-defaults --socket="$work/socket" --user=root ping; then
            mariadb --no-defaults --socket="$work/socket" --user=root <"$work/first.sql"
            export OTTERDESK_TEST_DATABASE_URL="mysql://otterdesk:otterdesk@127.0.0.1:$port"
            return
        fi
    done
    failed_to_start
}

start_postgresql() {
    local port programs
    programs=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1) || true
    programs=$(dirname "${programs:-$(command -v initdb)}")
    prepare_directory postgres
    (cd "$work" && as postgres "$programs/initdb" --pgdata="$work/data" --username=otterdesk \
        --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync) >"$work/log" 2>&1 || failed_to_start
    for _ in 1 2 3 4 5; do
        port=$(free_port)
        (cd "$work" && as postgres "$programs/postgres" -D "$work/data" -p "$port" -k "$work" -h 127.0.0.1 \
            -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=1000 \
            -c shared_buffers="$memory" -c max_wal_size=4GB) >>"$work/log" 2>&1 &
        server=$!
        if await "$programs/pg_isready" --host="$work" --port="$port"; then
            export OTTERDESK_TEST_DATABASE_URL="postgres://otterdesk:otterdesk@127.0.0.1:$port/postgres"
            return
        fi
    done
    failed_to_start
}

case $kind in
    sqlite) unset OTTERDESK_TEST_DATABASE_URL ;;
    mariadb) start_mariadb ;;
    postgresql) start_postgresql ;;
    *) usage ;;
esac

# In the background, so that a signal to this script is answered at once.
"$@" <&0 &
command=$!
status=0
wait "$command" || status=$?
command=''
exit "$status"
