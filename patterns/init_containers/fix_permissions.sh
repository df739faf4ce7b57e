# Gives a directory and all that is in it to an owner and a group, once.
#   $0  name of the container, for its own messages
#   $1  the directory      $2  number of the owner      $3  number of the group
#   $4  changes of the mode, as chmod takes them, or nothing
# Links are changed themselves and never followed, and other file systems below the directory are left alone.
set -eu
directory=$1 owner=$2 group=$3 mode=$4
marker=$directory/.$0.done
# what programs say of an error is read below
export LC_ALL=C
newline='
'
trap 'exit 143' TERM INT

# what the directory itself is like when all is done; its mode only where that is asked for
state() {
    printf '%s:%s %s' "$owner" "$group" "$mode"
    if [ -n "$mode" ]; then stat -c ' %a' "$directory"; fi
}

mark() {
    state >"$marker"
}

# Runs a program. Where it fails, the last line is what it said last, and what to do; what it said before is above.
change() {
    # a million files may be refused
    said=$({ "$@" 2>&1 && echo changed; } | tail -n 20)
    last=${said##*"$newline"}
    if [ "$last" = changed ]; then return; fi
    if [ "$last" != "$said" ]; then printf '%s\n' "${said%"$newline"*}" >&2; fi
    case $last in
    # root that is nobody for the server may give nothing away, and may not even enter or write
    *'Operation not permitted' | *'Permission denied')
        advice='even root is refused, as an NFS server does with root_squash: change the owner on the server' ;;
    *'Read-only file system')
        advice='the volume is read-only: mount it for writing, or look whether the node found it damaged' ;;
    *'No space left on device' | *'uota exceeded')
        advice='the volume is full, of bytes or of files: make room, or make it larger' ;;
    *'No such file or directory')
        advice='somebody took it away meanwhile: the next start begins anew' ;;
    *) advice='the volume is not as it should be' ;;
    esac
    printf '%s: %s; %s\n' "$0" "${last:-$1 failed}" "$advice" >&2
    exit 1
}

# a million files are not walked at every start
if [ -f "$marker" ] && [ ! -L "$marker" ] && [ "$(cat "$marker")" = "$(state)" ] &&
    [ "$(stat -c %u:%g "$directory")" = "$owner:$group" ]; then
    printf '%s: %s is as it should be\n' "$0" "$directory"
    exit 0
fi
# a run that is cut off leaves nothing as it was before
change rm -rf "$marker"
change find "$directory" -xdev '(' '!' -user "$owner" -o '!' -group "$group" ')' \
    -exec chown -h "$owner:$group" '{}' +
if [ -n "$mode" ]; then
    change find "$directory" -xdev '!' -type l -exec chmod "$mode" '{}' +
fi
# nothing that was put there meanwhile is written to
change rm -rf "$marker"
change mark
change chown -h "$owner:$group" "$marker"
printf '%s: gave %s to %s:%s\n' "$0" "$directory" "$owner" "$group"
