# Succeeds while the last backup is young.
#   $0  name of the container, for its own messages
#   $1  directory of the state that `backup_loop.sh` writes
#   $2  seconds that it may be old
set -u
read -r now _ </proc/uptime
{ read -r last <"$1/success"; } 2>/dev/null || last=0
age=$((${now%%.*} - last))
if [ "$age" -gt "$2" ]; then
    printf '%s: the last backup succeeded %s s ago, and %s are allowed\n' "$0" "$age" "$2"
    exit 1
fi
