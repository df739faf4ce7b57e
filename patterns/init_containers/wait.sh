# Runs a command again and again, until it succeeds or the time is over.
#   $0     name of the container, for its own messages
#   $1     seconds in all
#   $2     seconds for one attempt
#   $3     what is waited for, for messages
#   $4...  the command; it succeeds with 0, and with 120 it says that waiting is of no use
# POSIX sh with timeout, tail, tr and od, as busybox and coreutils have them.
set -u
seconds=$1 each=$2 what=$3
shift 3
# sets `now`; not the time of day, which somebody may set meanwhile
clock() {
    read -r now _ </proc/uptime
    now=${now%%.*}
}
trap 'exit 143' TERM
clock
start=$now attempt=0 pause=1
while :; do
    attempt=$((attempt + 1))
    clock
    left=$((seconds - now + start)) limit=$each
    if [ "$left" -lt "$limit" ]; then limit=$left; fi
    if [ "$limit" -lt 1 ]; then limit=1; fi
    said=$(timeout "$limit" "$@" 2>&1 </dev/null)
    code=$?
    clock
    passed=$((now - start))
    if [ "$code" -eq 0 ]; then
        printf '%s: %s is ready, after %s s and %s attempts\n' "$0" "$what" "$passed" "$attempt"
        exit 0
    fi
    # busybox and coreutils differ in what they say of a command that they ended
    case $code in 124 | 137 | 143) said="no answer within $limit s" ;; esac
    # a line for each attempt: the last three that it said, in one
    said=$(printf '%s' "$said" | tail -n 3 | tr -s '[:space:]' ' ')
    printf '%s: %s is not ready (attempt %s, %s of %s s): %s\n' "$0" "$what" "$attempt" "$passed" "$seconds" "$said" >&2
    if [ "$code" -eq 120 ]; then
        printf '%s: %s will never be ready: %s\n' "$0" "$what" "$said" >&2
        exit 120
    fi
    if [ "$passed" -ge "$seconds" ]; then
        printf '%s: gave up on %s after %s s and %s attempts; the last one said: %s\n' \
            "$0" "$what" "$passed" "$attempt" "$said" >&2
        exit 1
    fi
    # between half of the pause and all of it, so that replicas do not come at once
    chance=$(od -An -N1 -tu1 /dev/urandom)
    length=$((pause - pause / 2 + chance * (pause / 2 + 1) / 256))
    if [ "$length" -gt $((seconds - passed)) ]; then length=$((seconds - passed)); fi
    sleep "$length" &
    wait $!
    pause=$((pause * 2))
    if [ "$pause" -gt 10 ]; then pause=10; fi
done
