#!/bin/sh
# make-tools.sh PYTHON: make .venv-tools with what maintains Tocsin: uv, pip-audit, pre-commit.
set -eu
[ -x .venv-tools/bin/python ] || "$1" -m venv .venv-tools
.venv-tools/bin/python -m pip install --quiet --disable-pip-version-check \
    --require-hashes --only-binary :all: --requirement lock/tools.txt
touch .venv-tools/tools
