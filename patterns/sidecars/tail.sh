# sh -c SCRIPT NAME FILE...: prints the lines of the files from the first on and follows their names, until its signal.
# `tail` alone, as process 1 of its container, would take no SIGTERM: the kernel keeps it from process 1.
set -u
tail=
# tail looks at its files once a second: what was written last comes out before it ends
trap 'sleep 2; kill "$tail"; wait "$tail"; exit 0' TERM
tail -q -n +1 -F "$@" &
tail=$!
wait "$tail"
status=$?
printf '%s: tail ended by itself with %s\n' "$0" "$status" >&2
if [ "$status" -eq 0 ]; then status=1; fi
exit "$status"
