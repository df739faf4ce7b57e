# Saves a directory once, into a repository that is made where there is none.
#   $0     name of the container, for its own messages
#   $1     the directory     $2  host, by which its snapshots are found
#   $3...  further words of `restic backup`
set -u
host=$2
cd "$1" || exit 1
shift 2
said=$(restic --no-cache --quiet cat config 2>&1 >/dev/null)
code=$?
# https://restic.readthedocs.io/en/stable/075_scripting.html#exit-codes
if [ "$code" -eq 10 ]; then
    printf '%s: makes the repository\n' "$0"
    said=$(restic --no-cache --quiet init 2>&1)
    code=$?
fi
if [ "$code" -ne 0 ]; then
    printf '%s: the repository cannot be used: %s\n' "$0" "$said" >&2
    exit "$code"
fi
# by a relative path, so that a snapshot can be brought back to another place
restic --no-cache backup --host "$host" --retry-lock 5m --exclude lost+found --exclude .restic-restore "$@" .
code=$?
if [ "$code" -eq 3 ]; then printf '%s: some files could not be read, and are not in this backup\n' "$0" >&2; fi
exit "$code"
