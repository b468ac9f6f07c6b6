#!/usr/bin/env bash
# Prints the rows that the seed made as JSON lines, in an order in which they can be inserted again:
#
#   ZNUNY=path/to/znuny lab/seed/export.sh >fixtures/compat/rows.jsonl
#
# A line is `{"table": …, "columns": […], "replace": bool}` or one row of that table. "replace" says that the rows of a
# fresh database make way; otherwise these come on top. Binary content is base64. Texts that came with the reference
# system (its first ticket, salutations, templates, settings' descriptions) are not among them.
set -euo pipefail
: "${ZNUNY:?}"

# table, whether its rows are replaced, which rows
tables='
users                       false id>10
user_preferences            false user_id>10 AND preferences_key NOT LIKE "UserLast%" AND preferences_key NOT LIKE "UserLogin%"
permission_groups           false id>10
roles                       true  1=1
group_user                  false user_id>10 OR group_id>10
role_user                   true  1=1
group_role                  true  1=1
customer_company            true  1=1
customer_user               true  1=1
customer_preferences        true  preferences_key NOT LIKE "UserLast%" AND preferences_key NOT LIKE "UserLogin%"
customer_user_customer      true  1=1
group_customer_user         true  1=1
group_customer              true  1=1
queue                       false id>10
ticket_type                 false id>10
service                     true  1=1
sla                         true  1=1
service_sla                 true  1=1
service_customer_user       true  1=1
gi_webservice_config        true  1=1
dynamic_field               true  1=1
ticket                      true  id>1
article                     true  ticket_id>1
article_data_mime           true  article_id>1
article_data_mime_plain     true  article_id>1
article_data_mime_attachment true article_id>1
article_flag                true  article_id>1
article_search_index        true  ticket_id>1
ticket_history              true  ticket_id>1
ticket_flag                 true  ticket_id>1
ticket_watcher              true  1=1
time_accounting             true  1=1
dynamic_field_value         true  1=1
link_object                 true  1=1
link_relation               true  1=1
sysconfig_modified          true  user_id IS NULL
'
ask() { "$ZNUNY" sql -N -r; }

while read -r table replace condition; do
  [ -n "$table" ] || continue
  columns=$(echo "SELECT GROUP_CONCAT(column_name ORDER BY ordinal_position) FROM information_schema.columns
    WHERE table_schema=DATABASE() AND table_name='$table'" | ask)
  expressions=$(echo "SELECT GROUP_CONCAT(CASE
      WHEN table_name IN ('article_data_mime_attachment','article_data_mime_plain') AND data_type='longblob'
        THEN CONCAT('REPLACE(TO_BASE64(\`',column_name,'\`),CHAR(10),\'\')')
      WHEN data_type='longblob' THEN CONCAT('CONVERT(\`',column_name,'\` USING utf8mb4)')
      WHEN data_type IN ('decimal','datetime') THEN CONCAT('CAST(\`',column_name,'\` AS CHAR)')
      ELSE CONCAT('\`',column_name,'\`') END ORDER BY ordinal_position)
    FROM information_schema.columns WHERE table_schema=DATABASE() AND table_name='$table'" | sed '1i SET SESSION group_concat_max_len=100000;' | ask)
  key=$(echo "SELECT COALESCE(GROUP_CONCAT(CONCAT('\`',column_name,'\`') ORDER BY ordinal_position),1) FROM information_schema.columns
    WHERE table_schema=DATABASE() AND table_name='$table' AND (column_key='PRI' OR data_type NOT IN ('longblob','datetime') AND NOT EXISTS
      (SELECT 1 FROM information_schema.columns k WHERE k.table_schema=DATABASE() AND k.table_name='$table' AND k.column_key='PRI'))" | ask)
  printf '{"table":"%s","columns":["%s"],"replace":%s}\n' "$table" "${columns//,/\",\"}" "$replace"
  echo "SELECT JSON_ARRAY($expressions) FROM \`$table\` WHERE $condition ORDER BY $key" | ask
done <<<"$tables"
