# Takes away what killed runs left in a directory that outlives them, and becomes the program that it is given.
#   $0  name of the container      $1  the directory      $2...  the program
# A run works in the directory .NAME.POD.unfinished. It is left over when nothing in it was written for an hour, since
# one that goes on writes all the time. Links are not looked at, and what cannot be looked into stays.
# Nothing of this is a reason not to start.
set -eu
work=$1/.$0
shift
# shellcheck disable=SC3028 # the container runtime sets HOSTNAME, not the shell
own=$work.${HOSTNAME:-}
for left in "$work".*.unfinished; do
    # its own run knows what to do with its own
    if [ -L "$left" ] || [ ! -d "$left" ] || [ "$left" = "$own.unfinished" ]; then continue; fi
    written=$(find "$left" -mmin -60 -print -quit 2>/dev/null) || continue
    if [ -n "$written" ]; then continue; fi
    # renamed first: a run that lives after all fails then, and does not go on with half of its files
    rm -rf "$own.swept.unfinished" || continue
    mv "$left" "$own.swept.unfinished" 2>/dev/null || continue
    rm -rf "$own.swept.unfinished" || continue
    printf '%s: took away what a run that was killed left: %s\n' "$0" "$left" >&2
done
exec "$@"
