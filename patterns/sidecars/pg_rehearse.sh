# Restores the newest dump into a PostgreSQL server of its own, which is gone afterwards.
#   $0  name of the container, for its own messages
#   $1  an empty directory
#   $2  directory of the dumps      $3  what their names begin with
#   $4  seconds that the newest may be old
set -eu
scratch=$1 directory=$2 name=$3 allowed=$4
day='[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]' time='[0-9][0-9][0-9][0-9][0-9][0-9]'
IFS=
newest=
# shellcheck disable=SC2086 # a pattern
for dump in "$directory/$name"-${day}T${time}Z.dump; do
    if [ -f "$dump" ]; then newest=$dump; fi
done
if [ -z "$newest" ]; then
    printf '%s: there is no dump\n' "$0" >&2
    exit 1
fi
if [ ! -r "$newest" ]; then
    printf '%s: %s cannot be read as user %s of the groups %s: give the rehearsal the group that the dumps have, %s\n' "$0" \
        "$newest" "$(id -u)" "$(id -G)" "security=Security(run_as_user=$(id -u), run_as_group=$(stat -c %g "$newest"))" >&2
    exit 1
fi
# 20261125T040000Z
when=${newest%Z.dump}
when=$(printf '%s' "$when" | tail -c 15 | sed 's/^\(....\)\(..\)\(..\)T\(..\)\(..\)\(..\)$/\1-\2-\3 \4:\5:\6/')
age=$(($(date -u +%s) - $(date -u -d "$when" +%s)))
initdb --pgdata="$scratch/server" --username=postgres --auth=trust --encoding=UTF8 --no-locale --no-instructions \
    --no-sync >/dev/null
# by a socket in the directory: nobody else can come to it
export PGHOST="$scratch" PGPORT=5432 PGUSER=postgres PGDATABASE=postgres PGSSLMODE=disable
postgres -D "$scratch/server" -c listen_addresses= -c unix_socket_directories="$scratch" -c fsync=off \
    -c log_min_messages=warning &
server=$!
trap 'kill -s INT "$server" 2>/dev/null; wait "$server" || :' EXIT
until pg_isready --quiet; do
    kill -0 "$server" 2>/dev/null || exit 1
    sleep 0.2
done
createdb restored
pg_restore --exit-on-error --no-owner --no-privileges --dbname=restored "$newest"
if [ "$age" -gt "$allowed" ]; then
    printf '%s: %s is whole, and %s s old; %s are allowed\n' "$0" "$newest" "$age" "$allowed" >&2
    exit 1
fi
printf '%s: %s is whole, and %s s old\n' "$0" "$newest" "$age"
