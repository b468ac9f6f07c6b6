#!/usr/bin/env bash
# Proof that an OTRS-family system runs on a database that Otterdesk created: makes one, points an installed Znuny 6.5 to
# it, lets its agent sign in, create a ticket and read it, examines the database afterwards, and puts everything back.
#
# It is for an installation that may be interrupted for some minutes. Run it as root on its host:
#
#   DATABASE_SERVER=mysql://USER:PASSWORD@127.0.0.1:3306 scripts/reference_on_our_schema.sh
#
# DATABASE_SERVER   the server that Kernel/Config.pm names, with a user who may create databases: mysql://… or postgres://…
# ZNUNY_HOME        /opt/otrs; on Debian's package /usr/share/otrs
# ZNUNY_USER        the account that its console runs as: otrs
# ZNUNY_URL         where it answers: http://127.0.0.1/otrs
# ZNUNY_RESTART     restarts its web server: apachectl restart
# OTTERDESK         the binary: target/debug/otterdesk, built when missing
set -euo pipefail
cd "$(dirname "$0")/.."

: "${DATABASE_SERVER:?see the head of this script}"
home=${ZNUNY_HOME:-/opt/otrs}
account=${ZNUNY_USER:-otrs}
url=${ZNUNY_URL:-http://127.0.0.1/otrs}
restart=${ZNUNY_RESTART:-apachectl restart}
otterdesk=${OTTERDESK:-target/debug/otterdesk}
config=$home/Kernel/Config.pm
name=otterdesk_proof_$$
password=proof-$$-$RANDOM
work=$(mktemp -d)

[ -x "$otterdesk" ] || cargo build --bin otterdesk
server=${DATABASE_SERVER%/}
address=$server/$name

fail() { echo "FAILED: $*" >&2; exit 1; }
ok() { echo "ok: $*"; }

sql() { # sql STATEMENT: on the server, in no particular database
    local rest user secret host port
    rest=${server#*://}
    user=${rest%%:*} secret=${rest#*:} secret=${secret%@*}
    host=${rest##*@} port=${host##*:} host=${host%%:*}
    case $server in
        mysql:*) MYSQL_PWD=$secret mariadb --no-defaults -h "$host" -P "$port" -u "$user" -e "$1" ;;
        *) PGPASSWORD=$secret psql -q -v ON_ERROR_STOP=1 -h "$host" -p "$port" -U "$user" -d postgres -c "$1" ;;
    esac
}
console() { (cd "$home" && runuser -u "$account" -- bin/otrs.Console.pl "$@" >>"$work/console.log" 2>&1) || fail "console $* (see above): $(tail -n 3 "$work/console.log")"; }
settle() { # reads the settings of the present database anew, and serves with them
    console Maint::Config::Rebuild
    console Maint::Cache::Delete
    # What counts is that it answers; a restart may complain about much else.
    $restart >>"$work/console.log" 2>&1 || true
    for _ in $(seq 40); do
        if curl -sf -o /dev/null "$url/index.pl"; then return; fi
        sleep 0.5
    done
    fail "$url does not answer"
}

# Everything back, whatever happened: the configuration first, then the settings that go with it.
put_back() {
    local status=$?
    trap - EXIT
    set +e
    if [ -e "$work/Config.pm" ]; then
        cat "$work/Config.pm" >"$config"
        settle
        ok "the installation is back on its own database"
    fi
    if [ "$status" = 0 ]; then rm -rf "$work"; else echo "Left for a look: $work" >&2; fi
    case $server in
        mysql:*) sql "DROP DATABASE IF EXISTS $name" ;;
        *) sql "DROP DATABASE IF EXISTS $name WITH (FORCE)" ;;
    esac
    exit "$status"
}
trap put_back EXIT
trap 'exit 130' INT TERM HUP

sql "CREATE DATABASE $name"
OTTERDESK_ADMIN_PASSWORD=$password "$otterdesk" schema create --flavour znuny-6.5 --database-url "$address"
ok "Otterdesk created the database"

cp "$config" "$work/Config.pm"
sed -E "s/(database|dbname)=[A-Za-z0-9_]+/\1=$name/; s/(\{'?Database'?\} *= *['\"])[^'\"]*/\1$name/" "$work/Config.pm" >"$work/ours.pm"
grep -q "$name" "$work/ours.pm" || fail "$config names its database in a way that is not understood here"
cat "$work/ours.pm" >"$config"
settle
ok "the reference system starts on it"

get() { curl -sf -b "$work/cookies" -c "$work/cookies" "$url/index.pl?$1"; }
post() { # post NAME=VALUE...: prints where it leads
    local fields=() field
    for field in "$@"; do fields+=(--data-urlencode "$field"); done
    curl -s -b "$work/cookies" -c "$work/cookies" -o "$work/answer.html" -w '%{redirect_url}' "${fields[@]}" "$url/index.pl"
}
value_of() { # value_of NAME <PAGE: what a form field holds
    grep -o "name=\"$1\" value=\"[^\"]*\"" | head -n 1 | sed -e 's/.*value="//' -e 's/"$//'
}

[ -n "$(post Action=Login User=root@localhost "Password=$password")" ] || fail "the agent can not sign in"
ok "its agent signs in with the password that Otterdesk hashed"

get "Action=AgentTicketPhone" >"$work/form.html" || fail "no form for a new ticket"
subject="Made on a database of Otterdesk, ä"
text="The body of ticket $$."
created=$(post Action=AgentTicketPhone Subaction=StoreNew \
    "ChallengeToken=$(value_of ChallengeToken <"$work/form.html")" "FormID=$(value_of FormID <"$work/form.html")" \
    CustomerTicketCounterFromCustomer=1 CustomerTicketText_1=caller@otterdesk.test CustomerKey_1= CustomerSelected=1 \
    FromCustomer= "Dest=2||Raw" "Subject=$subject" "Body=$text" NextStateID=4 PriorityID=3)
ticket=${created##*TicketID=}
case $ticket in
    '' | *[!0-9]*) fail "no ticket was created (see $work/answer.html)" ;;
esac
ok "it creates the ticket $ticket"

get "Action=AgentTicketZoom;TicketID=$ticket" >"$work/zoom.html"
grep -qF "$subject" "$work/zoom.html" || fail "the ticket does not show its subject"
article=$(grep -o 'Action=AgentTicketArticleContent[^"]*' "$work/zoom.html" | head -n 1)
get "$article" >"$work/article.html"
grep -qF "$text" "$work/article.html" || fail "the article does not show its text"
get "Action=AgentTicketZoom;TicketID=1" >"$work/first.html"
grep -qF "Welcome to your help desk" "$work/first.html" || fail "the first ticket is not shown"
ok "it reads the ticket, its article, and the first ticket that Otterdesk wrote"

"$otterdesk" schema check --database-url "$address" | tail -n 2
ok "the database is still as it should be"
