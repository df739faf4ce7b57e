# sh -c SCRIPT NAME SECONDS: ends so many seconds after its signal.
set -u
pause=
trap 'kill "$pause"; sleep "$1"; exit 0' TERM
while :; do
    sleep 3600 &
    pause=$!
    wait "$pause"
done
