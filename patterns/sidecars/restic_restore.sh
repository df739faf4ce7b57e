# Brings a directory back from its last snapshot, where it is empty.
#   $0  name of the container, for its own messages
#   $1  the directory      $2  host, by which its snapshots are found
# What is brought back is whole in a directory beside before the first name appears, and a run that is cut off goes on.
set -u
target=$1 host=$2 work=$1/.restic-restore

say() {
    printf '%s: %s\n' "$0" "$1"
}

# calls a function with each entry of a directory
each() {
    for entry in "$2"/* "$2"/.[!.]* "$2"/..?*; do
        if [ -e "$entry" ] || [ -L "$entry" ]; then "$1" "$entry" || return 1; fi
    done
}

is_left() {
    # what an init container before this one says of its work is no data either
    case ${1##*/} in lost+found | .restic-restore | .*.done) ;; *) return 1 ;; esac
}

bring() {
    name=${1##*/}
    if [ -e "$target/$name" ] || [ -L "$target/$name" ]; then
        # such a word is of this volume, and not of the one that was lost
        case $name in .*.done) return ;; esac
        say "$target/$name is there already, and is not replaced; $1 is what was backed up: keep one of them" >&2
        return 1
    fi
    mv "$1" "$target/"
}

# waits for a lock that is in use, and takes away what a check or a prune that was killed left
unlocked() {
    restic --no-cache "$@"
    code=$?
    if [ "$code" -eq 11 ]; then
        restic --no-cache unlock >&2
        restic --no-cache "$@" --retry-lock 5m
        code=$?
    fi
    return "$code"
}

if [ ! -d "$work/whole" ]; then
    # what a run that was cut off left behind
    rm -rf "$work" || exit 1
    if ! each is_left "$target"; then
        say "$target holds data already: nothing is brought back"
        exit 0
    fi
    found=$(unlocked snapshots latest --host "$host" --json 2>&1)
    code=$?
    case $code:$found in
        10:*) found= ;;
        0:*'"short_id"'*) ;;
        0:*) found= ;;
        *)
            say "the repository cannot be read: $found" >&2
            exit "$code"
            ;;
    esac
    if [ -z "$found" ]; then
        say "nothing was ever backed up for host $host"
        exit 0
    fi
    case $found in
        *'"tags":["incomplete"]'*) say 'the last backup lacks files that could not be read then; older ones may have them' >&2 ;;
    esac
    mkdir "$work" || exit 1
    unlocked restore latest --host "$host" --target "$work/part" --verify || exit 1
    command -v sync >/dev/null && sync
    mv "$work/part" "$work/whole" || exit 1
fi
each bring "$work/whole" || exit 1
rm -rf "$work" || exit 1
say "brought $target back"
