# Asks the API once whether a Job has succeeded: 0 for yes, 120 for never, 1 for not yet.
#   $1  path of the Job below the API's address
#   $2  directory with the ServiceAccount's token and the cluster's authority
# The token goes to curl by its standard input: arguments of a process can be read by others.
set -u
if ! token=$(cat "$2/token"); then
    exit 1
fi
host=$KUBERNETES_SERVICE_HOST
case $host in *:*) host="[$host]" ;; esac
answer=$(printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --silent --show-error --config - --cacert "$2/ca.crt" --write-out '\n%{http_code}' \
        "https://$host:$KUBERNETES_SERVICE_PORT_HTTPS$1") || exit 1
status=${answer##*
}
case $status in
    200) ;;
    404)
        echo 'it is not there yet'
        exit 1
        ;;
    403)
        echo 'the ServiceAccount may not ask for it'
        exit 1
        ;;
    *)
        printf 'the API server answers %s\n' "$status"
        exit 1
        ;;
esac
# a quote within a value has a backslash before it, so that no label or annotation looks like this
case $answer in
    *'"type":"Complete","status":"True"'*) exit 0 ;;
    *'"type":"Failed","status":"True"'*)
        echo 'it has failed; see the log of its pods'
        exit 120
        ;;
esac
echo 'it runs'
exit 1
