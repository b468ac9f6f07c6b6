#!/usr/bin/env bash
# Fills a fresh reference system (MariaDB) with everything that the comparison asks about.
#
#   eval "$(ZNUNY env)"; ZNUNY=path/to/znuny lab/seed/seed.sh
#
# ZNUNY is the control script of the reference system (it must know `console`, `sql` and `mail`),
# ZNUNY_REST the address of its service GenericTicketConnectorREST. Afterwards the rows are kept with
# `compat export`, and every other database gets them from there.
set -euo pipefail
cd "$(dirname "$0")"
: "${ZNUNY:?}" "${ZNUNY_REST:?}"

setting() { "$ZNUNY" console Admin::Config::Update --no-ansi --quiet --no-deploy --setting-name "$@" >/dev/null; }

"$ZNUNY" sql <directory.sql
for name in Ticket::Type Ticket::Service Ticket::Responsible Ticket::ArchiveSystem Ticket::Watcher CustomerGroupSupport; do
  setting "$name" --value 1
done
setting CheckEmailAddresses --value 0
"$ZNUNY" console Maint::Config::Rebuild >/dev/null
for file in webservices/*.yml; do
  "$ZNUNY" console Admin::WebService::Add --name "$(basename "$file" .yml)" --source-path "$PWD/$file" >/dev/null || echo "not added: $file"
done
"$ZNUNY" sql <webservices.sql
"$ZNUNY" console Maint::Cache::Delete >/dev/null

# Each line: method, path, body. The ids follow from the order, because the database is fresh.
while read -r method path body; do
  case $method in \#* | '') continue ;; mail) "$ZNUNY" mail "$PWD/mails/$path"; continue ;; esac
  answer=$(curl -sS -X "$method" -H 'Content-Type: application/json' --data-binary "$body" \
    "$ZNUNY_REST$path?UserLogin=root@localhost&Password=root")
  case $answer in *'"Error"'*) echo "$method $path $body"; echo "  $answer" ;; esac
done <requests.txt

"$ZNUNY" sql <afterwards.sql
"$ZNUNY" console Maint::Ticket::FulltextIndex --rebuild >/dev/null
"$ZNUNY" console Maint::Ticket::FulltextIndexRebuildWorker >/dev/null
"$ZNUNY" console Maint::Cache::Delete >/dev/null
