# Saves a directory once, into a repository that is made where there is none.
#   $0     name of the container, for its own messages
#   $1     the directory     $2  host, by which its snapshots are found
#   $3...  further words of `restic backup`
set -u
host=$2
cd "$1" || exit 1
shift 2
said=$(restic --no-cache --no-lock --quiet cat config 2>&1 >/dev/null)
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

# restic takes no snapshot of nothing: an application that has not written yet is no failure, one that lost all is
is_empty() {
    for entry in ./* ./.[!.]* ./..?*; do
        case $entry in ./lost+found | ./.restic-restore) continue ;; esac
        if [ -e "$entry" ] || [ -L "$entry" ]; then return 1; fi
    done
}

if is_empty; then
    said=$(restic --no-cache --no-lock snapshots latest --host "$host" --json)
    code=$?
    case $code:$said in
        0:*'"short_id"'*) printf '%s: there is nothing left of what was backed up before\n' "$0" >&2 ;;
        0:*)
            printf '%s: there is nothing to back up yet\n' "$0"
            exit 0
            ;;
    esac
fi

# by a relative path, so that a snapshot can be brought back to another place
save() {
    restic --no-cache backup --host "$host" "$@" .
}

save "$@"
code=$?
if [ "$code" -eq 11 ]; then
    # a check or a prune that was killed left it so; a lock that is in use stays, and is waited for
    restic --no-cache unlock
    save --retry-lock 5m "$@"
    code=$?
fi
if [ "$code" -eq 3 ]; then
    printf '%s: some files could not be read, and are not in this backup\n' "$0" >&2
    # restic has saved the rest; who brings it back is told by the tag of the newest snapshot
    if save --quiet --tag incomplete "$@" 2>/dev/null; then
        save "$@"
        code=$?
    fi
fi
exit "$code"
