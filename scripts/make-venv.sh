#!/bin/sh
# make-venv.sh PYTHON EXTRA: make .venv with Tocsin and the libraries of EXTRA, saying what to do where that fails.
set -eu
python=$1
extra=$2

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
echo "Installing Tocsin and its libraries ($extra) into .venv ..."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[$extra]"
touch ".venv/$extra"
