# Tells the application by a signal that its files have changed.
#   RELOAD_PROCESS  name of the process      RELOAD_SIGNAL  the signal
#   RELOAD_HANDLED  pattern of SigCgt in /proc/<pid>/status, which says that the process has a handler for it
# POSIX sh alone; for a shared process namespace.
set -u

is_named() {
    name=
    { IFS= read -r name <"/proc/$1/comm"; } 2>/dev/null
    [ "$name" = "$RELOAD_PROCESS" ]
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
                    case $value in $RELOAD_HANDLED) caught=yes ;; esac
                    ;;
            esac
        done <"/proc/$1/status"
    } 2>/dev/null
    [ "$caught" = yes ]
}

told='' refused=''
for entry in /proc/[0-9]*; do
    pid=${entry#/proc/}
    # who runs this may have the name as well
    if [ "$pid" = "$$" ] || [ "$pid" = "$PPID" ]; then continue; fi
    if is_named "$pid" && handles "$pid" && ! is_named "$parent"; then
        if kill -s "$RELOAD_SIGNAL" "$pid" 2>/dev/null; then told="$told $pid"; else refused="$refused $pid"; fi
    fi
done
if [ -n "$told" ]; then
    printf 'reload: sent %s to%s, %s\n' "$RELOAD_SIGNAL" "$told" "$RELOAD_PROCESS"
elif [ -n "$refused" ]; then
    printf 'reload: may not send %s to%s, %s, which runs as another user than this container: give both one\n' \
        "$RELOAD_SIGNAL" "$refused" "$RELOAD_PROCESS" >&2
else
    printf 'reload: no process %s that handles %s: it reads its files when it starts\n' "$RELOAD_PROCESS" "$RELOAD_SIGNAL"
fi
