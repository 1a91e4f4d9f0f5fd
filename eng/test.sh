#!/usr/bin/env bash
# Runs the tests, repeats what failed, and ends with one line, "N passed, N failed".
#   eng/test.sh all    unit, then real VMs, then containerd
#   eng/test.sh unit   without VMs
#   eng/test.sh vm     only those that boot VMs
# Guests boot the minimal kernel when the directory SKERRY_CACHE names, or skerry-cache beside the checkout, is there: it is built
# into that once. Else they boot Debian's.
# SKERRY_TEST_FILTER="name" runs only the test projects whose name contains it.
set -euo pipefail
. "$(dirname "$0")/common.sh"
what=${1:-all}
cd "$ROOT"

eng/packages.sh run build image kernel test
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

if [ "$what" != unit ]; then
    eng/build.sh
    # The minimal kernel takes 10 minutes: it is built where a cache outlives this checkout. Without one, guests boot Debian's.
    cache=${SKERRY_CACHE:-$ROOT/../skerry-cache}
    if [ -d "$cache" ]; then SKERRY_CACHE=$cache eng/guest-kernel.sh; fi
    eng/guest-image.sh
fi
say "building the tests"
dotnet build Skerry.slnx -c Release -v quiet --nologo

passed=0 failed=0 skipped=0
# run_project PROJECT ARGUMENT...: runs one test program and adds up what its report counts.
run_project() {
    local project=$1 report="$results/$1-$RANDOM.xml" line total errors
    shift
    case "$project" in *"${SKERRY_TEST_FILTER:-}"*) ;; *) return 0 ;; esac
    say "$project $*"
    "tests/$project/bin/Release/net10.0/$project" -noLogo -noColor -xml "$report" "$@" |& tee -a "$results/output" || true
    if [ ! -s "$report" ]; then
        printf '    %s [FAIL]\n      It did not finish: no report.\n' "$project" | tee -a "$results/output"
        failed=$((failed + 1))
        return 0
    fi
    line=$(grep -m1 -o '<assembly [^>]*>' "$report" || true)
    attribute() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$line"; }
    total=$(attribute total) errors=$(attribute errors)
    passed=$((passed + $(attribute passed)))
    failed=$((failed + $(attribute failed) + ${errors:-0}))
    skipped=$((skipped + $(attribute skipped)))
    [ "${total:-0}" != 0 ] || say "$project ran no test"
}

if [ "$what" != vm ]; then
    for directory in tests/Skerry.*; do
        project=${directory##*/}
        [ "$project" = Skerry.SystemTests ] || run_project "$project" -trait- Category=Vm
    done
fi
if [ "$what" != unit ]; then
    for directory in tests/Skerry.*; do
        project=${directory##*/}
        if [ "$project" != Skerry.SystemTests ] && grep -rqs --include='*.cs' '"Vm"' "$directory"; then
            run_project "$project" -trait Category=Vm
        fi
    done
    run_project Skerry.SystemTests
fi

# A failed test is a line ending in [FAIL], a failed clean-up one that says so; what is indented deeper below it belongs to it.
awk '/ \[FAIL\]$/ || /^    \[.* Failure \(/ { shown = 1; print; next } !/^      / { shown = 0 } shown' "$results/output"
[ "$skipped" = 0 ] || echo "$skipped skipped, each with its reason above"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
