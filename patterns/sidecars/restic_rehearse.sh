# Brings the last snapshot back into an empty directory, and looks whether all is whole.
#   $0  name of the container, for its own messages
#   $1  the directory      $2  host, by which its snapshots are found
#   $3  seconds that the snapshot may be old
set -eu
found=$(restic --no-cache snapshots --host "$2" --latest 1 --json)
case $found in
    *'"short_id"'*) ;;
    *)
        printf '%s: there is no backup for host %s\n' "$0" "$2" >&2
        exit 1
        ;;
esac
# 2026-11-25T04:00:00.123456789Z
time=${found#*'"time":"'}
time=$(printf '%.19s' "$time")
age=$(($(date -u +%s) - $(date -u -d "${time%T*} ${time#*T}" +%s)))
restic --no-cache check --retry-lock 5m
restic --no-cache restore latest --host "$2" --retry-lock 5m --target "$1/restored" --verify
if [ "$age" -gt "$3" ]; then
    printf '%s: the backup is whole, and %s s old; %s are allowed\n' "$0" "$age" "$3" >&2
    exit 1
fi
printf '%s: the backup is whole, and %s s old\n' "$0" "$age"
