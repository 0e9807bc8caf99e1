#!/bin/sh
# make-secrets.sh: make random passwords and tokens for compose.yaml in deploy/secrets; what is there already stays.
#
# The folder is for its owner alone. The files in it can be read by all, because each container has another user and
# is given only the files that it needs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/secrets}

umask 077
mkdir -p "$folder"
chmod 700 "$folder"
umask 022
mkdir -p "$folder/mosquitto"

random() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '='; }
keep() { # keep FILE COMMAND...: make FILE with what COMMAND prints, whole or not at all
    file=$folder/$1
    shift
    [ ! -s "$file" ] || return 0
    "$@" >"$file.part"
    mv "$file.part" "$file"
    echo "made $file"
}

for user in ingest alerting operator health; do
    keep "$user-broker-password" sh "$here/mosquitto/add-user.sh" "$folder/mosquitto" "$user"
done
for secret in influxdb-password influxdb-token ingest-api-token alerting-api-token; do
    keep "$secret" random
done
