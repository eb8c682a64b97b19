#!/usr/bin/env bash
# Makes a virtual environment from a lock file; does nothing where that has been done already.
#
#   setup/environment.sh FOLDER LOCK [project]      "project" also installs this repository, editable
#
# PYTHON names the interpreter (python3), TORCH_PIP_ARGS what pip is told besides when it gets torch.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$1 lock=$2 project=${3:-}
python=${PYTHON:-python3}
started=$folder/.started
export PIP_DISABLE_PIP_VERSION_CHECK=1
# It reads the indexes in half the time of the one that Python 3.11 brings.
newer_pip=pip==26.3

fail() { printf 'setup: %s\n' "$@" >&2; exit 1; }

# What the environment is made from; the stamp of a finished one has this in its name.
parts=("$lock" setup/environment.sh)
if [ "$project" ]; then parts+=(pyproject.toml); fi
stamp=$folder/.installed-$(cat "${parts[@]}" | cksum | tr ' ' '-')

# The interpreter is tried too: it is gone when the Python that the environment was made from is.
if [ -e "$stamp" ] && "$folder/bin/python" -c '' 2>/dev/null; then exit 0; fi

command -v "$python" >/dev/null ||
    fail "there is no $python: install Python 3.11, 3.12 or 3.13, or name it: make PYTHON=/path/to/python3.13"
# The upper end is that of the lock: TensorFlow and coremltools come built for these.
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' ||
    fail "$python is $("$python" -V 2>&1); the course needs 3.11, 3.12 or 3.13: make PYTHON=/path/to/python3.13"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python cannot make virtual environments (on Debian and Ubuntu: apt-get install python3-venv)"

# An install that was cut short may have left half a package that pip takes for a whole one: start over.
if [ -e "$started" ] || ! "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --clear "$folder"
fi
rm -f "$folder"/.installed-*
touch "$started"
trap '[ -e "$stamp" ] || echo "setup: $folder is not finished; the next call begins it anew" >&2' EXIT

if [ ! -t 1 ]; then export PIP_QUIET=2; fi # a log needs errors only
pip() { "$folder/bin/python" -m pip "$@"; }

# On all cores, where pip takes one; handing out single files, as -j of compileall does, costs half as
# much again. It fails at templates that are no Python; what it leaves out is compiled when imported.
compile() {
    find "$folder/lib" -name '*.py' -print0 |
        xargs -0 -n 500 -P "$(getconf _NPROCESSORS_ONLN)" "$folder/bin/python" -m compileall -qq || true
}

packages=$(grep -c '^[^#].*==' "$lock" || true)
echo "setup: installing $packages packages of $lock into $folder (the first time, some minutes)"
if [ "$packages" -gt 0 ]; then
    pip install "$newer_pip" || echo "setup: there is no $newer_pip; the one that Python brought is slower"
fi
torch=$(grep '^torch==' "$lock" || true)
if [ "$torch" ]; then
    # First and alone: whatever needs torch then finds this one, and asks for no other build of it.
    # TORCH_PIP_ARGS may hold several words.
    # shellcheck disable=SC2086
    pip install --no-compile ${TORCH_PIP_ARGS:-} "$torch"
fi
pip install --no-compile --requirement "$lock"
compile
if [ "$project" ]; then pip install --no-deps --no-build-isolation --editable .; fi

touch "$stamp" # last, so that only a finished environment has one
rm -f "$started"
echo "setup: $folder is ready"
