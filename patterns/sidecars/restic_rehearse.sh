# Brings the last snapshot back into an empty directory, and looks whether all is whole.
#   $0  name of the container, for its own messages
#   $1  the directory      $2  host, by which its snapshots are found
#   $3  seconds that the snapshot may be old
set -eu
signal=TERM
# a shell that is process 1 hears no signal that it has no trap for, and a restic that is killed leaves its lock;
# asked until it is gone, since what is not restic yet loses the signal
stop() {
    while [ -n "${!:-}" ] && kill -s "$signal" "$!" 2>/dev/null; do sleep 1; done
    exit 143
}
trap stop TERM

stoppable() {
    restic --no-cache "$@" --retry-lock 5m &
    wait "$!"
}

# what was killed left locked; never a lock that is in use
stoppable unlock
found=$(restic --no-cache snapshots latest --host "$2" --json --retry-lock 5m)
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
# without the lock that would keep the pod's last backup waiting; a prune at the same time may look like a fault;
# nothing is left behind where it is killed, and restic 0.18 may hang when it is asked to end in a check
signal=KILL
stoppable check --no-lock
signal=TERM
stoppable restore latest --host "$2" --target "$1/restored" --verify
case $found in
    *'"tags":["incomplete"]'*)
        printf '%s: the last backup lacks files that could not be read; see the log of the sidecar\n' "$0" >&2
        exit 1
        ;;
esac
if [ "$age" -gt "$3" ]; then
    printf '%s: the backup is whole, and %s s old; %s are allowed\n' "$0" "$age" "$3" >&2
    exit 1
fi
printf '%s: the backup is whole, and %s s old\n' "$0" "$age"
