# Shared by Kata's names for our image commands. Source it; it defines names and runs nothing.
# shellcheck shell=bash
fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# The command line beside this checkout or installation, else the one in PATH; SKERRY names another.
find_skerry() {
    local here candidate
    here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
    for candidate in "${SKERRY:-}" "$here/../../out/bin/skerry" "$here/../../../bin/skerry"; do
        if [ -n "$candidate" ] && [ -x "$candidate" ]; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    command -v skerry || fail "there is no skerry; run: make build, or set SKERRY to it"
}

# is_yes VALUE: how Kata's environment variables say yes.
is_yes() { case "${1:-}" in yes | true | 1 | on) return 0 ;; *) return 1 ;; esac }
