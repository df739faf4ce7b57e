# Gives a directory and all that is in it to an owner and a group, once.
#   $0  name of the container, for its own messages
#   $1  the directory      $2  number of the owner      $3  number of the group
#   $4  changes of the mode, as chmod takes them, or nothing
# Links are changed themselves and never followed, and other file systems below the directory are left alone.
set -eu
directory=$1 owner=$2 group=$3 mode=$4
marker=$directory/.$0.done
state="$owner:$group $mode"
trap 'exit 143' TERM INT

fail() {
    printf '%s: %s\n' "$0" "$1" >&2
    exit 1
}

# a million files are not walked at every start
if [ -f "$marker" ] && [ ! -L "$marker" ] && [ "$(cat "$marker")" = "$state" ] &&
    [ "$(stat -c %u:%g "$directory")" = "$owner:$group" ]; then
    printf '%s: %s is as it should be\n' "$0" "$directory"
    exit 0
fi
refused="the volume refuses a change, even of root; an NFS server does so with root_squash: change it on the server"
# a run that is cut off leaves nothing as it was before
rm -rf "$marker" || fail "$refused"
find "$directory" -xdev '(' '!' -user "$owner" -o '!' -group "$group" ')' \
    -exec chown -h "$owner:$group" '{}' + || fail "$refused"
if [ -n "$mode" ]; then
    find "$directory" -xdev '!' -type l -exec chmod "$mode" '{}' + || fail "$refused"
fi
# nothing that was put there meanwhile is written to
rm -rf "$marker" || fail "$refused"
printf '%s\n' "$state" >"$marker" || fail "$refused"
chown -h "$owner:$group" "$marker" || fail "$refused"
printf '%s: gave %s to %s:%s\n' "$0" "$directory" "$owner" "$group"
