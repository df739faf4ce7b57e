# Succeeds when all files are there.
#   $1...  the files
set -u
for file in "$@"; do
    if [ ! -f "$file" ]; then
        printf '%s: %s is not there yet\n' "$0" "$file"
        exit 1
    fi
done
