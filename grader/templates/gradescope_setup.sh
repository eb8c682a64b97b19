#!/usr/bin/env bash
# Run once by Gradescope, as root, when it builds the image: everything that grading needs.
set -euo pipefail
cd "$(dirname "$0")"
. ./autograder.env

export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install --yes --no-install-recommends bubblewrap libseccomp2 python3-venv

# The course needs Python 3.11 or newer: Ubuntu 24.04 has it, 22.04 as a package of another name.
for name in python3 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
        PYTHON=$name
        break
    fi
done
if [ -z "${PYTHON:-}" ]; then
    apt-get install --yes --no-install-recommends python3.11 python3.11-venv
    PYTHON=python3.11
fi
export PYTHON TORCH_PIP_ARGS
bash setup/environment.sh .venv requirements.lock project

# The image holds the data, so that no grading waits for a download or depends on one.
.venv/bin/python -c 'from shared import data; data.load("auto")'
.venv/bin/python -m grader doctor || true # for the log
