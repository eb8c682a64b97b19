#!/usr/bin/env bash
# Finds the programs that pip cannot install; installs what is missing where that can be done without
# a question (Debian and Ubuntu, as root or with a sudo that asks for no password), else says what is
# missing, what that costs and the command to run. Nothing here stops the course: the exit code is 0.
set -uo pipefail

have() { local name; for name in "$@"; do command -v "$name" >/dev/null && return 0; done; return 1; }
have_browser() {
    have chromium chromium-browser google-chrome google-chrome-stable ||
        [ -d "/Applications/Google Chrome.app" ]
}

# Taken for there where it cannot be looked up.
have_seccomp() {
    local libraries
    libraries=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null) || return 0
    case $libraries in *libseccomp.so.2*) return 0 ;; *) return 1 ;; esac
}

missing=()
look() {
    missing=()
    if [ "$(uname -s)" = Linux ]; then
        have bwrap || missing+=(bubblewrap)
        have_seccomp || missing+=(libseccomp2)
    fi
    have_browser || missing+=(chromium)
    have chromedriver || missing+=(chromium-driver)
}

look
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
apt() {
    ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes \
        -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 -o Dpkg::Use-Pty=0 "$@" </dev/null
}
if have apt-get && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }; then
    echo "setup: installing ${missing[*]} (system packages)"
    log=$(mktemp)
    if apt update >"$log" 2>&1; then
        # One by one: a name that this distribution does not know costs itself alone.
        for package in "${missing[@]}"; do
            apt install --no-install-recommends "$package" >"$log" 2>&1 || tail -n 3 "$log"
        done
    else
        tail -n 3 "$log"
    fi
    rm -f "$log"
    look
fi
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

echo "setup: missing system packages: ${missing[*]}"
for package in "${missing[@]}"; do
    case $package in
        bubblewrap) echo "  bubblewrap: isolates students' code where the kernel has no Landlock" ;;
        libseccomp2) echo "  libseccomp2: filters system calls; grading needs it" ;;
        chromium) echo "  chromium: the tests that open a report in a browser are skipped" ;;
        chromium-driver) echo "  chromium-driver: drives Chromium in those tests, which are skipped" ;;
    esac
done
if have apt-get; then
    echo "  to install: sudo apt-get install ${missing[*]}"
    echo "  (Debian's names; on Ubuntu the driver is in chromium-chromedriver)"
elif have brew; then
    echo "  to install: brew install --cask google-chrome chromedriver"
else
    echo "  to install: use your system's package manager; the names above are Debian's"
fi
