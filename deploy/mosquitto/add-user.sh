#!/bin/sh
# add-user.sh FOLDER USER: let USER use the broker whose users and rules are in FOLDER, and print its new password.
#
# USER is ingest, alerting, receiver, operator, health, or a gateway as PREMISES/GATEWAY. Where USER exists, it gets a new
# password. Then send the broker a SIGHUP (systemctl reload mosquitto; docker compose kill -s HUP broker).
set -eu
here=$(dirname "$0")
root=tocsin/v1
folder=${1:?name the folder of passwords and acl}
user=${2:?name the user: ingest, alerting, receiver, operator, health, or PREMISES/GATEWAY}

name='[a-z0-9][a-z0-9-]\{0,62\}'
center='ingest\|alerting\|receiver\|operator\|health'
if ! printf '%s\n' "$user" | grep -qx "$center\|$name/$name"; then
    echo "'$user' is no user: ingest, alerting, receiver, operator, health, or PREMISES/GATEWAY as in docs/protocol.md, 1" >&2
    exit 2
fi

# The hash is made from a file, because what stands in a command can be seen by every user of the machine.
hash_in() {
    if command -v mosquitto_passwd >/dev/null 2>&1; then
        mosquitto_passwd -U "$1/new"
    elif command -v docker >/dev/null 2>&1; then
        docker run --rm -v "$1:/work" eclipse-mosquitto:2.0 mosquitto_passwd -U /work/new
    else
        echo "mosquitto_passwd is missing. On Debian: apt-get install mosquitto" >&2
        return 1
    fi
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
password=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')
printf '%s:%s\n' "$user" "$password" >"$work/new"
hash_in "$work" >&2

# Written through, not replaced: owner and mode of the files stay as they were set.
touch "$folder/passwords"
grep -v "^$user:" "$folder/passwords" >"$work/all" || true
cat "$work/new" >>"$work/all"
cat "$work/all" >"$folder/passwords"

[ -f "$folder/acl" ] || cat "$here/acl" >"$folder/acl"
grep -qx "user $user" "$folder/acl" || cat >>"$folder/acl" <<RULES

user $user
topic write $root/$user/alarm
topic write $root/$user/telemetry
topic write $root/$user/presence
topic write $root/$user/heartbeat
topic write $root/$user/inventory
topic write $root/$user/renewal
topic read $root/$user/inventory/request
topic read $root/$user/receipt/+
topic read $root/$user/incident
topic read $root/$user/certificate
RULES
printf '%s\n' "$password"
