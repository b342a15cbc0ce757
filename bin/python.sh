# Sourced by bin/run, bin/test and bin/check: finds an interpreter and brings .venv up to date.
# shellcheck shell=sh

fail() {
    echo "$0: $1" >&2
    exit 1
}

# Version managers put shims on PATH that are there and do not work, so each candidate is tried.
is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_new_enough "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11 or newer that starts"
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed, found $(python3 -V 2>/dev/null || echo none); PYTHON=/path/to/python names one"
}

# Usage: prepare_venv LOCK...   Afterwards $VENV/bin/python has what the locks name.
prepare_venv() {
    VENV=${VENV:-.venv}
    python=$(find_python) || exit 1
    "$python" -m bin.tools.venv "$0" "$VENV" "$@" || exit 1
}
