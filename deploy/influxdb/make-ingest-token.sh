#!/bin/sh
# make-ingest-token.sh: make the token by which ingest reads and writes its bucket of InfluxDB 2, and nothing else.
#
# Reads INFLUX_HOST, INFLUX_ORG, BUCKET, ADMIN_TOKEN_FILE; writes TOKEN_FILE, whole or not at all. A token that is there
# stays: to replace it, delete it in InfluxDB (influx auth list, influx auth delete) and here, and run this again.
set -eu
[ ! -s "$TOKEN_FILE" ] || exit 0

# In the environment: other users of a machine see the arguments of a program.
INFLUX_TOKEN=$(cat "$ADMIN_TOKEN_FILE")
export INFLUX_HOST INFLUX_ORG INFLUX_TOKEN

field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" | head -n 1; }

bucket=$(influx bucket list --name "$BUCKET" --json | field id)
[ -n "$bucket" ] || { echo "no bucket $BUCKET in InfluxDB; make it, and run this again" >&2; exit 1; }
token=$(influx auth create --description "Tocsin ingest" --read-bucket "$bucket" --write-bucket "$bucket" --json | field token)
[ -n "$token" ] || { echo "InfluxDB made no token; look at its log" >&2; exit 1; }

# Readable by the user of ingest, who has this volume alone with InfluxDB's administrator.
umask 022
printf '%s\n' "$token" >"$TOKEN_FILE.part"
mv "$TOKEN_FILE.part" "$TOKEN_FILE"
echo "made $TOKEN_FILE"
