# Renders templates: each ${NAME} becomes the value of that variable, and $${ becomes ${.
#   $0     name of the container, for its own messages
#   $1     directory of the templates      $2  directory TARGET
#   $3     mode of the files               $4  how many templates there are
#   $5...  their names, then the words of a command that checks the result: {} in a word is its directory
# All files are rendered and checked before the first one gets its name in TARGET; each is whole or not there.
set -eu
umask 077
source=$1 target=$2 mode=$3 count=$4
shift 4
# in TARGET, because a rename stays in one volume; of this pod, because several pods may write there
# shellcheck disable=SC3028 # the container runtime sets HOSTNAME, not the shell
work=$target/.$0.${HOSTNAME:-}.unfinished
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT
command -v sync >/dev/null || sync() { :; }

fail() {
    printf '%s: %s\n' "$0" "$1" >&2
    exit 1
}

# A value is put in as it is: what looks like a variable in it is text.
render() {
    awk -v container="$0" -v template="$1" '
        function stop(problem) {
            printf "%s: template %s, line %d: %s\n", container, template, NR, problem >"/dev/stderr"
            exit 1
        }
        {
            rest = $0
            line = ""
            while ((at = index(rest, "${")) > 0) {
                before = substr(rest, 1, at - 1)
                if (substr(before, length(before)) == "$") {
                    line = line before "{"
                    rest = substr(rest, at + 2)
                    continue
                }
                rest = substr(rest, at + 2)
                end = index(rest, "}")
                name = substr(rest, 1, end - 1)
                if (end == 0 || name !~ /^[A-Za-z_][A-Za-z0-9_]*$/) stop("${ is no variable; write two dollars for the text itself")
                if (!(name in ENVIRON)) stop("variable " name " has no value")
                line = line before ENVIRON[name]
                rest = substr(rest, end + 1)
            }
            print line rest
        }
    ' "$source/$1"
}

# makes the directories of a name below a directory; a link on the way is replaced, never followed
make_directories() {
    place=$1 below=$2
    case $below in */*) ;; *) return ;; esac
    below=${below%/*}
    while [ -n "$below" ]; do
        place=$place/${below%%/*}
        if [ -L "$place" ]; then rm -f "$place"; fi
        if [ ! -d "$place" ]; then (umask 022 && mkdir "$place"); fi
        case $below in */*) below=${below#*/} ;; *) below='' ;; esac
    done
}

rm -rf "$work"
mkdir "$work"
position=0
for name in "$@"; do
    if [ "$position" -eq "$count" ]; then break; fi
    position=$((position + 1))
    make_directories "$work" "$name"
    render "$name" >"$work/$name" || exit 1
    chmod "$mode" "$work/$name"
    sync "$work/$name"
done
# what is behind the names, with the directory in it
position=0 words=$#
while [ "$position" -lt "$words" ]; do
    word=$1
    shift
    if [ "$position" -ge "$count" ]; then
        case $word in *'{}'*) word=${word%%'{}'*}$work${word#*'{}'} ;; esac
    fi
    set -- "$@" "$word"
    position=$((position + 1))
done
check() {
    shift "$count"
    if [ "$#" -gt 0 ]; then "$@" >&2; fi
}
check "$@" || fail "the check of the rendered files failed"
position=0
for name in "$@"; do
    if [ "$position" -eq "$count" ]; then break; fi
    position=$((position + 1))
    make_directories "$target" "$name"
    if [ -L "$target/$name" ]; then rm -f "$target/$name"; fi
    if [ -d "$target/$name" ]; then fail "$target/$name is a directory, and a file is to be there"; fi
    mv -f "$work/$name" "$target/$name"
    printf '%s: rendered %s\n' "$0" "$name"
done
