#!/usr/bin/env bash
# Records again what the reference system's forms leave under access control lists (fixtures/acl/answers.jsonl):
#
#   ZNUNY=path/to/znuny scripts/acl.sh
#
# ZNUNY is the control script of a Znuny 6.5, see scripts/compat.sh; its database is made anew, what was there is lost.
set -euo pipefail
cd "$(dirname "$0")/.."
export ZNUNY=${ZNUNY:-znuny}

cargo build --quiet --package otterdesk-lab --bins
target=${CARGO_TARGET_DIR:-target}

"$ZNUNY" up mysql >/dev/null
settings=$("$ZNUNY" env)
ZNUNY_URL=$(sed -n 's/^ZNUNY_URL=//p' <<<"$settings")
ZNUNY_DSN=$(sed -n 's/^ZNUNY_DSN=//p' <<<"$settings")
export ZNUNY_URL ZNUNY_DSN
"$target/debug/compat" --load
"$target/debug/acl" --prepare
"$ZNUNY" console Maint::Config::Rebuild >/dev/null

# The forms show the fields that the cases ask about.
set_to() {
    "$ZNUNY" console Admin::Config::Update --setting-name "$1" "$2" "$3" --no-deploy --quiet
}
fields=$(mktemp)
trap 'rm -f "$fields"' EXIT
chmod 644 "$fields"
printf -- "---\nLabCheck: '1'\nLabDrop: '1'\nLabMany: '1'\nLabMulti: '1'\nLabText: '1'\n" >"$fields"
for screen in AgentTicketPhone AgentTicketNote CustomerTicketMessage; do
    set_to "Ticket::Frontend::$screen###DynamicField" --source-path "$fields"
done
for part in TicketType Service Queue Owner Responsible State Priority; do
    set_to "Ticket::Frontend::AgentTicketNote###$part" --value 1
done
set_to 'Ticket::Frontend::AgentTicketNote###PriorityDefault' --value ''
"$ZNUNY" console Maint::Config::Rebuild >/dev/null
"$ZNUNY" console Maint::Cache::Delete >/dev/null
"$ZNUNY" restart

"$target/debug/acl"
