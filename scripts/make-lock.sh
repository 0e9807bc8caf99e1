#!/bin/sh
# make-lock.sh [--upgrade]: write lock/*.txt from pyproject.toml, keeping the versions that still fit.
set -eu
write() {
    file=$1
    shift
    echo "Locking $file ..."
    .venv-tools/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --custom-compile-command "make lock" --output-file "$file" "$@" >/dev/null
}
# All others are parts of dev.txt, so that each library has one version in all of them.
write lock/dev.txt --extra dev pyproject.toml "$@"
for extra in demo center modbus; do
    write "lock/$extra.txt" --extra "$extra" --constraint lock/dev.txt pyproject.toml "$@"
done
write lock/gateway.txt --constraint lock/dev.txt pyproject.toml "$@"
write lock/build.txt --group build --constraint lock/dev.txt "$@"
write lock/tools.txt --group tools "$@"
