#!/bin/sh
# Makes .venv with the newest suitable Python: $PYTHON if given, else the first of 3.11 or newer that answers.
set -eu

suits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        suits "$PYTHON" && echo "$PYTHON"
        return
    fi
    for candidate in python3 python python3.14 python3.13 python3.12 python3.11; do
        if suits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
}

# Debian ships venv and ensurepip apart from Python.
add_debian_venv() {
    package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    if command -v apt-get >/dev/null 2>&1; then
        if [ "$(id -u)" = 0 ]; then
            as_root=""
        elif sudo -n true 2>/dev/null; then
            as_root="sudo -n"
        else
            echo "Python lacks its venv module. Type this, then the same make command again:  sudo apt-get install $package" >&2
            exit 1
        fi
        echo "Installing $package ..."
        $as_root apt-get update -qq >/dev/null 2>&1 || true
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null 2>&1 && return
    fi
    echo "Python lacks its venv module: install your system's package for it ($package on Debian and Ubuntu)." >&2
    exit 1
}

python=$(find_python || true)
if [ -z "$python" ]; then
    found=$("${PYTHON:-python3}" --version 2>/dev/null | head -n 1 || true)
    echo "SIGMA needs Python 3.11 or newer; ${PYTHON:-python3} answers: ${found:-nothing}." >&2
    echo "Install one (python.org, or: sudo apt-get install python3 python3-venv) or name it: make install PYTHON=/path/to/python3" >&2
    exit 1
fi
"$python" -c 'import ensurepip, venv' 2>/dev/null || add_debian_venv
echo "Creating .venv with $("$python" --version) ..."
trap 'rm -rf .venv; exit 1' HUP INT TERM # half an environment would pass for a whole one
"$python" -m venv .venv || {
    rm -rf .venv
    exit 1
}
