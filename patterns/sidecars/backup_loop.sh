# Backs up again and again, and once more at the stop signal, when the application no longer writes.
#   $0     name of the container, for its own messages
#   $1     directory of its state: `success` holds when it last succeeded, in seconds since the node's start
#   $2     seconds between two backups
#   $3...  the command that backs up once; it is never cut off, since the signal comes to this shell alone
# POSIX sh with sleep and od, as busybox and coreutils have them.
set -u
state=$1 period=$2
shift 2
stopping='' sleeping='' failures=0
trap 'stopping=yes; if [ -n "$sleeping" ]; then kill "$sleeping" 2>/dev/null; fi' TERM INT

say() {
    printf '%s: %s\n' "$0" "$1"
}

# not the time of day, which somebody may set meanwhile
note() {
    read -r now _ </proc/uptime
    printf '%s\n' "${now%%.*}" >"$state/success.part" && mv -f "$state/success.part" "$state/success"
}

# what is not done yet is not late yet
note
while :; do
    "$@"
    code=$?
    if [ "$code" -eq 0 ]; then
        note
        failures=0 pause=$period
        say "backed up; the next one follows in about $pause s"
    else
        failures=$((failures + 1)) pause=30 number=1
        while [ "$number" -lt "$failures" ] && [ "$pause" -lt "$period" ]; do
            pause=$((pause * 2)) number=$((number + 1))
        done
        if [ "$pause" -gt "$period" ]; then pause=$period; fi
        say "failed with $code, $failures times in a row; tries again in about $pause s" >&2
    fi
    # a tenth less at most, so that pods do not come at once
    chance=$(od -An -N1 -tu1 /dev/urandom)
    sleep "$((pause - pause * chance / 2560))" &
    sleeping=$!
    if [ -z "$stopping" ]; then wait "$sleeping"; fi
    if [ -n "$stopping" ]; then
        kill "$sleeping" 2>/dev/null
        say 'backs up once more, and ends'
        "$@"
        exit
    fi
    sleeping=
done
