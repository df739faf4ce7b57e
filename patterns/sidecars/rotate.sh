# Renames log files that have grown, and tells the application to open new ones; or copies and cuts them.
#   $0     name of the container, for its own messages
#   $1     directory of the logs
#   $2     bytes over which a file is rotated
#   $3     seconds between two looks
#   $4     numbers of old files, the oldest first: "3 2 1"
#   $5     who is told: `process`, `pid-file`, `nobody`; or `copy`
#   $6     name of the process, or of its pid file below $1
#   $7     the signal
#   $8     pattern of SigCgt in /proc/<pid>/status, which says that the process has a handler for it
#   $9...  names of files below $1
# POSIX sh with find, grep, mv, cp, rm and sleep, as busybox and coreutils have them.
set -u
bytes=$2 pause=$3 numbers=$4 how=$5 who=$6 signal=$7 handled=$8
cd -P "$1" || exit 1
root=$PWD
shift 8
sleeping='' stopping=''
# what is begun is ended: it takes milliseconds
trap 'stopping=yes; if [ -n "$sleeping" ]; then kill "$sleeping" 2>/dev/null; fi' TERM INT

say() {
    printf '%s: %s\n' "$0" "$1"
}

is_large() {
    find "$1" -prune -type f -size +"$bytes"c 2>/dev/null | grep -q .
}

# Goes to the directory of a file, once and for all: what its name leads to later does not matter. Sets `file`.
enter() {
    case $1 in
        */*) folder=$root/${1%/*} file=./${1##*/} ;;
        *) folder=$root file=./$1 ;;
    esac
    cd -P "$folder" 2>/dev/null || return 1
    case $PWD/ in
        "$root"/*) ;;
        *)
            say "$1 is left alone: its directory leads out of $root"
            return 1
            ;;
    esac
}

is_named() {
    name=
    { IFS= read -r name <"/proc/$1/comm"; } 2>/dev/null
    [ "$name" = "$who" ]
}

# Sets `parent`, and succeeds for a process that has a handler: another one would be ended by the signal.
handles() {
    parent='' caught=no
    {
        while read -r key value _; do
            case $key in
                PPid:) parent=$value ;;
                SigCgt:)
                    # shellcheck disable=SC2254 # a pattern
                    case $value in $handled) caught=yes ;; esac
                    ;;
            esac
        done <"/proc/$1/status"
    } 2>/dev/null
    [ "$caught" = yes ]
}

# Sets `found`, the processes that are told: of a process and its children of the same name, the first.
look_for() {
    found=
    case $how in
        pid-file)
            pid=
            if [ -f "$root/$who" ] && [ ! -L "$root/$who" ]; then read -r pid <"$root/$who"; fi
            case $pid in '' | *[!0-9]*) return ;; esac
            if handles "$pid"; then found=$pid; fi
            ;;
        process)
            for entry in /proc/[0-9]*; do
                pid=${entry#/proc/}
                if is_named "$pid" && handles "$pid" && ! is_named "$parent"; then found="$found $pid"; fi
            done
            ;;
    esac
}

tell() {
    for pid in $found; do
        if ! kill -s "$signal" "$pid"; then say "$signal could not be sent to process $pid"; fi
    done
}

# Makes room for number 1.
shift_old() {
    next=
    for number in $numbers; do
        old=$file.$number
        if [ -L "$old" ]; then rm -f "$old"; fi
        if [ -d "$old" ]; then
            say "$1 is not rotated: $1.$number is a directory"
            return 1
        fi
        if [ -n "$next" ] && [ -f "$old" ]; then mv -f "$old" "$file.$next" || return 1; fi
        next=$number
    done
}

rotate() {
    enter "$1" || return
    if [ -L "$file" ]; then
        say "$1 is left alone: it is a link"
        return
    fi
    if [ ! -e "$file" ] && is_large "$file.1"; then
        # it was told, and still writes to the old file
        look_for
        tell
    fi
    is_large "$file" || return
    look_for
    case $how:$found in
        process: | pid-file:)
            say "$1 is not rotated: no process by $how $who handles $signal"
            return
            ;;
    esac
    shift_old "$1" || return
    if [ "$how" = copy ]; then
        if ! cp -p "$file" "$file.1"; then
            rm -f "$file.1"
            say "$1 is not rotated: it could not be copied"
            return
        fi
        printf '' >"$file"
    else
        mv -f "$file" "$file.1" || return
        tell
    fi
    say "rotated $1"
}

while [ -z "$stopping" ]; do
    for file_name in "$@"; do rotate "$file_name"; done
    sleep "$pause" &
    sleeping=$!
    if [ -z "$stopping" ]; then wait "$sleeping"; fi
done
exit 0
