#!/bin/sh
# install-servers.sh: install the servers that the tests run against, where that is allowed, or say how.
set -eu
PATH=$PATH:/usr/sbin:/sbin

packages=
need() { command -v "$1" >/dev/null 2>&1 || case " $packages " in *" $2 "*) ;; *) packages="$packages $2" ;; esac; }
need mosquitto mosquitto
need mosquitto_passwd mosquitto
need influxd influxdb
need victoria-metrics victoria-metrics
need systemd-analyze systemd
need openssl openssl
need curl curl
need faketime faketime
need chromium chromium
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need initdb postgresql
[ -n "$packages" ] || exit 0

install="apt-get install --yes --no-install-recommends$packages"
if ! command -v apt-get >/dev/null 2>&1; then
    echo "Missing:$packages. Install them by this system's means; tests that need them are skipped." >&2
    exit 0
elif [ "$(id -u)" = 0 ]; then
    as_root=
elif sudo -n true 2>/dev/null; then
    as_root=sudo
else
    echo "Missing:$packages. As root: apt-get update && $install" >&2
    echo "Tests that need them are skipped." >&2
    exit 0
fi
echo "Installing$packages ..."
$as_root apt-get update --quiet=2
DEBIAN_FRONTEND=noninteractive $as_root $install --quiet=2 >/dev/null
