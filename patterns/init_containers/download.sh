# Puts a file, or what is in an archive, into the directory TARGET: whole, with the right checksum, or not at all.
#   $0  name of the container, for its own messages
#   $1  address                       $2  sha256 of what is there, 64 digits
#   $3  directory TARGET              $4  name in it
#   $5  most bytes; 0 for no limit    $6  seconds in all
#   $7  mode of the file              $8  file, tar or tar.gz: what to do with it
#   $9...  further options of curl
# It runs again when the pod's sandbox is rebuilt, with all that it left behind still there.
set -eu
umask 022
url=$1 sum=$2 target=$3 name=$4 bytes=$5 seconds=$6 mode=$7 kind=$8
shift 8
# of this pod, because several pods may write there
# shellcheck disable=SC3028 # the container runtime sets HOSTNAME, not the shell
work=$target/.$0.${HOSTNAME:-}.unfinished
part=$work/part unpacked=$work/unpacked raw=$work/tar marker=$target/.$name.sha256
# what came so far stays, to go on with it
trap 'rm -rf "$unpacked" "$raw"; if [ ! -s "$part" ]; then rm -rf "$work"; fi' EXIT
trap 'exit 143' TERM INT
command -v sync >/dev/null || sync() { :; }

say() {
    printf '%s: %s\n' "$0" "$1" >&2
}

fail() {
    say "$1"
    exit 1
}

# sets `now`; not the time of day, which somebody may set meanwhile
clock() {
    read -r now _ </proc/uptime
    now=${now%%.*}
}

# shows others that this run goes on, also while it waits or only reads
alive() {
    : >"$work/alive"
}

# sets `found`
checksum() {
    found=$(sha256sum <"$1")
    found=${found%% *}
}

# a size beside the checksum: a file that somebody cut off since is no longer the same
size_of() {
    if [ -d "$1" ]; then echo directory; else wc -c <"$1" | tr -d ' '; fi
}

fetch() {
    limit=$1
    shift
    (
        if [ "$bytes" -gt 0 ]; then ulimit -f $((bytes / 512 + 1)); fi
        exec curl --fail --silent --show-error --globoff --location --max-redirs 5 --connect-timeout 10 \
            --speed-limit 1024 --speed-time 30 --max-time "$limit" --continue-at - --output "$part" "$@" --url "$url"
    )
}

# Links and devices are refused, so that nothing that is unpacked later can go through one
unpack() {
    rm -rf "$unpacked"
    mkdir "$unpacked"
    if [ "$kind" = tar ]; then tar=$part; else
        tar=$raw
        (
            if [ "$bytes" -gt 0 ]; then ulimit -f $((bytes / 512 + 1)); fi
            exec gzip -dc "$part" >"$tar"
        ) || fail "the archive is damaged, or over $bytes bytes when it is unpacked"
    fi
    # busybox shows a hard link as a file with an arrow, and says of a name that leads out what it takes from it
    if tar -tvf "$tar" 2>&1 | grep -qE '^[^-dt]| -> '; then
        fail 'the archive holds a link, a device, or a name of two lines or with an arrow'
    fi
    if tar -tf "$tar" 2>&1 | grep -qE '^/|^\.\.(/|$)|/\.\.(/|$)|^tar: removing leading '; then
        fail 'the archive holds a name that leads out of it'
    fi
    tar -xf "$tar" -C "$unpacked" -o || fail 'the archive cannot be unpacked'
    rm -f "$raw"
    chmod -R a-s,u+rwX,go+rX,go-w "$unpacked"
}

if [ -f "$marker" ] && [ ! -L "$marker" ] && [ -e "$target/$name" ] && [ ! -L "$target/$name" ] &&
    [ "$(cat "$marker")" = "$sum $(size_of "$target/$name")" ]; then
    rm -rf "$work"
    say "$name is there already"
    exit 0
fi
if [ "$kind" = file ] && [ -d "$target/$name" ] && [ ! -L "$target/$name" ]; then
    fail "$target/$name is a directory, and a file is to be there"
fi
if [ -L "$work" ] || [ ! -d "$work" ]; then rm -rf "$work"; fi
mkdir -p "$work"
rm -rf "$work/alive"
clock
start=$now attempt=0 pause=1 wrong=0
while :; do
    attempt=$((attempt + 1))
    alive
    if [ -L "$part" ] || [ -d "$part" ]; then rm -rf "$part"; fi
    if [ -f "$part" ]; then
        # a run before this one may have ended after the last byte
        checksum "$part"
        if [ "$found" = "$sum" ]; then break; fi
    fi
    resumed=
    if [ -s "$part" ]; then resumed=yes; fi
    clock
    left=$((seconds - now + start))
    if [ "$left" -lt 1 ]; then left=1; fi
    code=0
    said=$(fetch "$left" "$@" 2>&1) || code=$?
    if [ "$code" -eq 0 ]; then
        checksum "$part"
        if [ "$found" = "$sum" ]; then break; fi
        rm -f "$part"
        said="its sha256 is $found"
        # what was continued may be of another content; what came in one piece is what the server has
        if [ -z "$resumed" ]; then wrong=$((wrong + 1)); fi
    elif [ "$code" -ge 128 ] || [ "$code" -eq 63 ]; then
        rm -f "$part"
        fail "$url is over $bytes bytes"
    elif [ "$code" -eq 33 ] || [ "$code" -eq 36 ]; then
        # the server does not know how to go on
        rm -f "$part"
    else
        # what is there is longer than the whole
        case $said in *' 416'*) rm -f "$part" ;; esac
    fi
    clock
    passed=$((now - start))
    say "attempt $attempt, $passed of $seconds s: $url: $said"
    if [ "$wrong" -ge 3 ]; then fail "gave up on $url: $said, and $sum was asked for"; fi
    if [ "$passed" -ge "$seconds" ]; then
        fail "gave up on $url after $passed s and $attempt attempts; the last one said: $said"
    fi
    # between half of the pause and all of it, so that replicas do not come at once
    chance=$(od -An -N1 -tu1 /dev/urandom)
    sleep $((pause - pause / 2 + chance * (pause / 2 + 1) / 256)) &
    wait $!
    pause=$((pause * 2))
    if [ "$pause" -gt 30 ]; then pause=30; fi
done
rm -f "$marker"
if [ "$kind" = file ]; then
    chmod "$mode" "$part"
    sync "$part"
    mv -f "$part" "$target/$name"
else
    alive
    unpack
    sync
    rm -rf "$work/old"
    if [ -e "$target/$name" ] || [ -L "$target/$name" ]; then mv "$target/$name" "$work/old"; fi
    mv "$unpacked" "$target/$name"
fi
rm -rf "$work/marker"
printf '%s %s\n' "$sum" "$(size_of "$target/$name")" >"$work/marker"
sync "$work/marker"
mv -f "$work/marker" "$marker"
rm -rf "$work"
say "$name is there, after $attempt attempts"
