#!/bin/sh
# Run a command in a room of its own: private network, private pcscd, private virtual readers.
# Usage: pcsc_room.sh COMMAND [ARGUMENT...]
#
# Cards are put in with `cardsim serve` inside the same room. Rooms do not see one another.
# RISAI_PCSC_LOG=FILE keeps pcscd's log with every APDU (PINs too, as pcscd sees them).
# Needs root (or user namespaces), and: apt-get install pcscd vsmartcard-vpcd iproute2
set -eu

RUN=/run/pcscd

fail() {
    echo "pcsc_room: $1" >&2
    exit 1
}

if [ "${RISAI_PCSC_ROOM:-}" != inside ]; then
    [ $# -gt 0 ] || fail "say what to run in the room"
    for program in pcscd unshare ip; do
        command -v "$program" >/dev/null 2>&1 ||
            [ -x "/usr/sbin/$program" ] || [ -x "/sbin/$program" ] ||
            fail "$program is missing; mend: apt-get install pcscd vsmartcard-vpcd iproute2"
    done
    PATH=$PATH:/usr/sbin:/sbin
    [ -d "$RUN" ] || mkdir -p "$RUN" 2>/dev/null || fail "$RUN is missing; mend: sudo mkdir $RUN"
    as=""
    [ "$(id -u)" = 0 ] || as="--map-root-user"
    RISAI_PCSC_ROOM=inside
    export RISAI_PCSC_ROOM PATH
    # --kill-child ends everything in the room with it.
    exec unshare --mount --net --pid --fork --mount-proc --kill-child $as "$0" "$@"
fi

ip link set lo up || fail "the room has no loopback"
mount -t tmpfs -o mode=0755 tmpfs "$RUN" || fail "the room has no $RUN of its own"
log=${RISAI_PCSC_LOG:-/dev/null}
options=""
[ "$log" = /dev/null ] || options="--debug --apdu"
# Debian's pcscd knows no polkit; others do, and nobody in a room has a session to be asked about.
if pcscd --help 2>&1 | grep -q -- --disable-polkit; then
    options="$options --disable-polkit"
fi
pcscd --foreground $options >"$log" 2>&1 &
tries=0
until [ -S "$RUN/pcscd.comm" ]; do
    tries=$((tries + 1))
    [ "$tries" -le 100 ] || fail "pcscd did not come up within ten seconds; see RISAI_PCSC_LOG"
    sleep 0.1
done
export RISAI_TEST_PCSC=1
status=0
"$@" || status=$?
exit "$status"
