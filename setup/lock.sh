#!/usr/bin/env bash
# Makes requirements.lock and requirements-nbgrader.lock anew, from new environments with the newest
# versions that go together. torch stays at the version that the lock has: name another in TORCH.
#
#   setup/lock.sh                        or: TORCH=2.14.0 setup/lock.sh
#
# Read the difference before keeping it, then run the tests.
set -euo pipefail
cd "$(dirname "$0")/.."

torch=torch==${TORCH:-$(sed -n 's/^torch==//p' requirements.lock)}
nbgrader=$(grep '^nbgrader==' requirements-nbgrader.lock)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "$torch" >"$work/torch"
export PIP_DISABLE_PIP_VERSION_CHECK=1

# A build's suffix (torch 2.13.0+cpu) is left out: which build it is depends on the machine.
freeze() { # freeze PYTHON LOCK "what it is" "what it is made of" [PIP ARGUMENTS]
    {
        printf '# %s\n# Made by `make lock` from %s; do not edit.\n' "$3" "$4"
        "$1" -m pip freeze --exclude-editable "${@:5}" |
            sed 's/+[^+]*$//' | LC_ALL=C sort -f
    } >"$work/lock"
    mv "$work/lock" "$2"
    echo "lock: $2: $(grep -c '^[^#].*==' "$2") packages"
}

"${PYTHON:-python3}" -m venv "$work/course"
python=$work/course/bin/python
# shellcheck disable=SC2086
"$python" -m pip install --quiet ${TORCH_PIP_ARGS:-} "$torch"
"$python" -m pip install --quiet --upgrade setuptools wheel
"$python" -m pip install --quiet --constraint "$work/torch" --editable '.[dev]'
freeze "$python" requirements.lock \
    "The versions that the course is tested with; the install puts torch in first." \
    "the dependencies in pyproject.toml, dev included" --all --exclude pip

"${PYTHON:-python3}" -m venv "$work/nbgrader"
python=$work/nbgrader/bin/python
"$python" -m pip install --quiet "$nbgrader"
freeze "$python" requirements-nbgrader.lock \
    "nbgrader, in an environment of its own: the tests check that it reads our labs." \
    "$nbgrader"
