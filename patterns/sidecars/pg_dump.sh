# Dumps a PostgreSQL database once, and removes the oldest dumps.
#   $0  name of the container, for its own messages
#   $1  directory of the dumps      $2  what their names begin with
#   $3  how many are kept
# Of the server and the login libpq's environment variables tell. A dump has its name when it is whole on the disk.
set -eu
umask 027
part=$1/.$2.part
trap 'rm -f "$part"' EXIT
pg_dump --format=custom --no-password --file="$part"
# its table of contents is its end
pg_restore --list "$part" >/dev/null
sync "$part"
dump=$1/$2-$(date -u +%Y%m%dT%H%M%SZ).dump
mv -f "$part" "$dump"
printf '%s: wrote %s\n' "$0" "$dump"
keep=$3 day='[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]' time='[0-9][0-9][0-9][0-9][0-9][0-9]'
name=$2
# the oldest first, since a name is a time
IFS=
# shellcheck disable=SC2086 # a pattern
set -- "$1/$name"-${day}T${time}Z.dump
while [ "$#" -gt "$keep" ]; do
    # names of another time, from a clock that was wrong
    if [ "$1" = "$dump" ]; then
        printf '%s: %s dumps have names of the future, and would be restored before %s: remove them\n' "$0" "$(($# - 1))" "$dump" >&2
        exit 1
    fi
    rm -f "$1"
    printf '%s: removed %s\n' "$0" "$1"
    shift
done
