#!/bin/sh
# make-certificates.sh FOLDER HOST: make an authority (once) and the broker's certificate for HOST, a name or an address.
#
# ca.crt goes to every gateway. Keep ca.key away from the broker; with it, run this again before the certificate ends.
set -eu
folder=${1:?name the folder for the certificates}
host=${2:?name the host as gateways know it, such as broker.example.org or 10.0.0.5}
ca_days=7300 # 20 years: replacing it means a visit to every gateway
days=825     # longest that today's TLS libraries accept of a server

key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
case $host in *[!0-9.]*) alternative="DNS:$host" ;; *) alternative="IP:$host" ;; esac
if [ ! -f "$folder/ca.crt" ]; then
    # shellcheck disable=SC2086
    openssl req -x509 $key -keyout "$folder/ca.key" -out "$folder/ca.crt" -days $ca_days -subj "/CN=Tocsin authority" \
        -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null
fi
request=$(mktemp)
trap 'rm -f "$request" "$request.ext"' EXIT
printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\nauthorityKeyIdentifier=keyid\n' "$alternative" >"$request.ext"
# shellcheck disable=SC2086
openssl req -new $key -keyout "$folder/server.key" -subj "/CN=$host" -out "$request" 2>/dev/null
openssl x509 -req -in "$request" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -CAcreateserial -days $days \
    -extfile "$request.ext" -out "$folder/server.crt" 2>/dev/null
echo "made $folder/server.crt for $host; the broker's user must be able to read $folder/server.key" >&2
