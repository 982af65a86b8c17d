#!/bin/sh
# Make the virtual environment VENV and install the locked packages LOCK and this project into it.
# Usage: make_venv.sh VENV LOCK
set -eu
venv=$1
lock=$2

python=""
for candidate in python3 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "risai needs Python 3.11 or newer; mend: apt-get install python3" >&2
    exit 1
fi

# Debian keeps ensurepip in a package of its own.
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    echo "python3-venv is missing; installing it from Debian." >&2
    asroot=""
    [ "$(id -u)" = 0 ] || asroot=sudo
    $asroot apt-get update -qq && $asroot apt-get install -y -qq python3-venv || {
        echo "could not install python3-venv; mend: sudo apt-get install python3-venv" >&2
        exit 1
    }
fi

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "installing the locked packages into $venv (once, about a minute) ..."
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
