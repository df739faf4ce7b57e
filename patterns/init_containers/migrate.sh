# Waits for a server, then runs a command that changes what it holds; all within one time.
#   $0     name of the container, for its own messages
#   $1     seconds in all
#   $2     seconds for one attempt of the wait
#   $3     what is waited for, for messages
#   $4     the script that waits, wait.sh
#   $5     how many words the command has
#   $6...  the command, which finds the seconds that are left in MIGRATE_SECONDS; then the words that ask for the server
# POSIX sh with timeout, and what wait.sh needs.
set -u
seconds=$1 each=$2 what=$3 wait=$4 count=$5
shift 5
child=
trap 'if [ -n "$child" ]; then kill "$child"; fi; exit 143' TERM
# sets `now`; not the time of day, which somebody may set meanwhile
clock() {
    read -r now _ </proc/uptime
    now=${now%%.*}
}
waits() {
    shift "$count"
    exec sh -c "$wait" "$0" "$seconds" "$each" "$what" "$@"
}
clock
end=$((now + seconds))
waits "$@" &
child=$!
wait "$child" || exit
# the words of the command go behind the others, which go away then
others=$(($# - count))
while [ "$count" -gt 0 ]; do
    word=$1
    shift
    set -- "$@" "$word"
    count=$((count - 1))
done
shift "$others"
clock
left=$((end - now))
if [ "$left" -lt 1 ]; then left=1; fi
export MIGRATE_SECONDS="$left"
# the server ends what takes longer, and says so; this is for a server that does not
timeout "$((left + 5))" "$@" </dev/null &
child=$!
wait "$child"
code=$?
# busybox and coreutils differ in what they say of a command that they ended; what it said itself stays the last line
case $code in 124 | 137 | 143) printf '%s: %s was not done after %s s\n' "$0" "$what" "$seconds" >&2 ;; esac
exit "$code"
