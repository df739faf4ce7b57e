# Runs a command when files have changed.
#   $0     name of the container, for its own messages
#   $1     seconds between two looks      $2  how many directories follow
#   $3...  the directories, then the words of the command
# POSIX sh with find, md5sum, sort and sleep, as busybox and coreutils have them.
set -u
pause=$1 count=$2 sleeping=
shift 2
trap 'kill "$sleeping" 2>/dev/null; exit 0' TERM INT

# names and contents of the files below the first $count arguments; a ConfigMap's are links into directories named ".."
look() {
    position=0
    for directory in "$@"; do
        if [ "$position" -eq "$count" ]; then break; fi
        position=$((position + 1))
        find -L "$directory" -name '..*' -prune -o -type f -exec md5sum '{}' + 2>/dev/null
    done | sort
}

tell() {
    shift "$count"
    "$@"
}

seen=$(look "$@")
while :; do
    sleep "$pause" &
    sleeping=$!
    wait "$sleeping"
    now=$(look "$@")
    if [ "$now" != "$seen" ]; then
        seen=$now
        tell "$@"
    fi
done
