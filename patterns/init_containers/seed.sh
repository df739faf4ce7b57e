# sh -c SCRIPT NAME SOURCE TARGET [MODE]: copies a file, or all files below a directory, into the directory TARGET.
# Each file gets its name only when it is whole. Links in TARGET are replaced, never followed; what else is there stays.
set -eu
umask 022
source=$1 target=$2 mode=${3:-} seeded=
# in TARGET, because a rename stays in one volume; of this pod, because several pods may write there
# shellcheck disable=SC3028 # the container runtime sets HOSTNAME, not the shell
work=$target/.$0.${HOSTNAME:-}.unfinished
part=$work/file
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT
command -v sync >/dev/null || sync() { :; }

fail() {
    printf '%s: %s\n' "$0" "$1" >&2
    exit 1
}

seed_file() {
    if [ -L "$2" ]; then rm -f "$2"; fi
    if [ -d "$2" ]; then fail "$2 is a directory, and a file is to be there"; fi
    # nobody else reads the file before it has its mode
    (if [ -n "$mode" ]; then umask 077; fi; exec cp "$1" "$part")
    if [ -n "$mode" ]; then chmod "$mode" "$part"; fi
    sync "$part"
    mv -f "$part" "$2"
    printf '%s: seeded %s\n' "$0" "$2"
    seeded=yes
}

seed_directory() {
    # a pattern matches nothing in there, which would look like an empty directory
    if [ ! -r "$1" ] || [ ! -x "$1" ]; then fail "$1 is not readable for this user"; fi
    if [ -L "$2" ]; then rm -f "$2"; fi
    if [ ! -d "$2" ]; then mkdir "$2"; fi
    for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
        # the kubelet's own, in the volume of a ConfigMap or Secret
        case $entry in "$source"/..*) continue ;; esac
        if [ -d "$entry" ]; then
            seed_directory "$entry" "$2/${entry##*/}"
        elif [ -f "$entry" ]; then
            seed_file "$entry" "$2/${entry##*/}"
        elif [ -e "$entry" ] || [ -L "$entry" ]; then
            fail "$entry is no file, no directory, and no link to one"
        fi
    done
}

# left by a run that was cut off; it may be anything
rm -rf "$work"
(umask 077 && mkdir "$work")
if [ -d "$source" ]; then
    seed_directory "$source" "$target"
elif [ -f "$source" ]; then
    seed_file "$source" "$target/${source##*/}"
else
    fail "$source is not there"
fi
if [ -z "$seeded" ]; then fail "$source holds no file"; fi
