# Tells the application by a request that its files have changed.
#   $0  name of the container, for its own messages
#   $1  GET or POST      $2  the URL
# It never fails: who writes the files goes on with it. POSIX sh with timeout, wget, tail and tr, as busybox has them.
set -u
method=$1 url=$2 attempt=1
ask() {
    if [ "$method" = POST ]; then set -- --post-data=; else set --; fi
    timeout 5 wget -t 1 -O /dev/null "$@" "$url" 2>&1
}
while :; do
    if said=$(ask); then
        printf '%s: %s reloaded\n' "$0" "$url"
        exit 0
    fi
    if [ "$attempt" -eq 4 ]; then break; fi
    attempt=$((attempt + 1))
    sleep 1
done
said=$(printf "%s" "$said" | tail -n 2 | tr -s "[:space:]" " ")
printf "%s: %s could not be told: %s\n" "$0" "$url" "$said"
