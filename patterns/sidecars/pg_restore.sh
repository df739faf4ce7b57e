# Restores the newest dump of a PostgreSQL database, where the database is empty.
#   $0  name of the container, for its own messages
#   $1  directory of the dumps      $2  what their names begin with
# Of the server and the login libpq's environment variables tell.
set -eu
directory=$1 name=$2 day='[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]' time='[0-9][0-9][0-9][0-9][0-9][0-9]'
IFS=
newest=
# shellcheck disable=SC2086 # a pattern
for dump in "$directory/$name"-${day}T${time}Z.dump; do
    if [ -f "$dump" ]; then newest=$dump; fi
done
if [ -z "$newest" ]; then
    printf '%s: there is no dump: nothing was ever backed up\n' "$0"
    exit 0
fi
# what an extension brings along is nobody's data
found=$(psql --no-psqlrc --no-password --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --command="
    SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')")
if [ "$found" -ne 0 ]; then
    printf '%s: the database holds %s tables, views and sequences already: nothing is restored\n' "$0" "$found"
    exit 0
fi
# an extension that is there already is the server's, and only its owner may comment on it
listed=$(pg_restore --list "$newest")
listed=$(printf '%s\n' "$listed" | sed '/^[0-9; ]* COMMENT - EXTENSION /d')
# all of it, or nothing
printf '%s\n' "$listed" | pg_restore --use-list=/dev/stdin --exit-on-error --single-transaction --no-owner --no-password \
    --dbname="$PGDATABASE" "$newest"
printf '%s: restored %s\n' "$0" "$newest"
