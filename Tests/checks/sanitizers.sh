#!/usr/bin/env bash
# The suites under sanitizers: address and undefined behaviour (the C targets), then threads (the Swift ones).
# Each has a build folder of its own. Suppressions are for third-party libraries only and stand in sanitizers/.
set -eu
cd "$(dirname "$0")/../.."
here=$PWD/Tests/checks/sanitizers
export GROVE_SANITIZED=1

echo "--- address"
ASAN_OPTIONS=detect_leaks=0 swift test -c release -Xswiftc -enable-testing --sanitize=address --scratch-path .build-address
echo "--- undefined behaviour"
UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
  swift test -c release -Xswiftc -enable-testing --sanitize=undefined --scratch-path .build-undefined
echo "--- threads"
TSAN_OPTIONS="suppressions=$here/threads.txt halt_on_error=1" \
  swift test -c release -Xswiftc -enable-testing --sanitize=thread --scratch-path .build-thread
