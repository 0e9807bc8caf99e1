#!/bin/sh
# make-venv.sh PYTHON SET: make .venv with Tocsin and the libraries of lock/SET.txt, saying what to do where that fails.
set -eu
python=$1
set=$2

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Tocsin needs Python 3.11 or later; '$python' is not. Try: make PYTHON=python3.12 ..." >&2
    exit 1
}
if [ ! -x .venv/bin/python ]; then
    echo "Making .venv with $("$python" --version) ..."
    "$python" -m venv .venv || {
        rm -rf .venv
        echo "This Python cannot make an environment. On Debian: apt-get install python3-venv" >&2
        exit 1
    }
fi
install() { .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"; }
echo "Installing Tocsin and its libraries (lock/$set.txt) into .venv; this takes a few minutes the first time ..."
# Nothing is built but Tocsin itself: a build would fetch what no lock names.
install --require-hashes --only-binary :all: --requirement lock/build.txt --requirement "lock/$set.txt"
install --no-deps --no-build-isolation --editable .
touch ".venv/$set"
