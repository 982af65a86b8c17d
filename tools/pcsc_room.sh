#!/bin/sh
# Run a command in a room of its own: private network, private pcscd, private virtual readers.
# Usage: pcsc_room.sh COMMAND [ARGUMENT...]
#
# Cards are put in with `cardsim serve` inside the same room. Rooms do not see one another, nor
# the machine's USB readers: no test counts down the PIN of a real card.
# RISAI_PCSC_READERS=N makes N virtual readers (default 1) of two slots each; slot n listens on
# port 35963 plus n.
# RISAI_PCSC_LOG=FILE keeps pcscd's log with every APDU (PINs too, as pcscd sees them).
# Needs root (or user namespaces), and: apt-get install pcscd vsmartcard-vpcd iproute2
# The exit code is the command's, or 125 when there is no room.
set -eu

RUN=/run/pcscd
USB=/dev/bus/usb
INSTALLED=/etc/reader.conf.d/vpcd
FIRST_PORT=35963

fail() {
    echo "pcsc_room: $1" >&2
    exit 125
}

if [ "${RISAI_PCSC_ROOM:-}" != inside ]; then
    [ $# -gt 0 ] || fail "say what to run in the room"
    PATH=$PATH:/usr/sbin:/sbin
    for program in pcscd unshare ip; do
        command -v "$program" >/dev/null 2>&1 ||
            fail "$program is missing; mend: apt-get install pcscd vsmartcard-vpcd iproute2"
    done
    [ -r "$INSTALLED" ] || fail "$INSTALLED is missing; mend: apt-get install vsmartcard-vpcd"
    [ -d "$RUN" ] || mkdir -p "$RUN" 2>/dev/null || fail "$RUN is missing; mend: sudo mkdir $RUN"
    as=""
    [ "$(id -u)" = 0 ] || as="--map-root-user"
    unshare --mount --net --pid --fork --mount-proc $as true ||
        fail "no private namespaces here; mend: be root, in a container with --cap-add SYS_ADMIN"
    RISAI_PCSC_ROOM=inside
    export RISAI_PCSC_ROOM PATH
    # unshare itself is deaf to SIGTERM, so this shell listens; --kill-child ends everything in
    # the room. Without job control a shell makes children in the background deaf to SIGINT and
    # takes their input away; both are given back.
    [ -e /proc/self/fd/0 ] || exec </dev/null
    exec 3<&0
    env --default-signal=INT --default-signal=QUIT \
        unshare --mount --net --pid --fork --mount-proc --kill-child $as "$0" "$@" <&3 3<&- &
    room=$!
    trap 'kill -KILL "$room" 2>/dev/null' TERM HUP
    trap : INT
    status=0
    wait "$room" || status=$?
    while kill -0 "$room" 2>/dev/null; do
        status=0
        wait "$room" || status=$?
    done
    exit "$status"
fi

ip link set lo up || fail "the room has no loopback"
mount -t tmpfs -o mode=0755 tmpfs "$RUN" || fail "the room has no $RUN of its own"
if [ -d "$USB" ]; then
    mount -t tmpfs -o mode=0755 tmpfs "$USB" || fail "the room cannot hide $USB"
fi

driver=$(sed -n 's/^LIBPATH[[:space:]]*//p' "$INSTALLED")
[ -n "$driver" ] || fail "no LIBPATH in $INSTALLED; mend: reinstall vsmartcard-vpcd"
mkdir "$RUN/reader.conf.d"
reader=0
while [ "$reader" -lt "${RISAI_PCSC_READERS:-1}" ]; do
    name="Virtual PCD"
    [ "$reader" = 0 ] || name="Virtual PCD $((reader + 1))"
    port=$(printf '0x%04X' $((FIRST_PORT + 2 * reader)))
    printf 'FRIENDLYNAME "%s"\nDEVICENAME /dev/null:%s\nLIBPATH %s\nCHANNELID %s\n\n' \
        "$name" "$port" "$driver" "$port" >>"$RUN/reader.conf.d/vpcd"
    reader=$((reader + 1))
done

log=${RISAI_PCSC_LOG:-/dev/null}
options="--config $RUN/reader.conf.d"
[ "$log" = /dev/null ] || options="$options --debug --apdu"
# Debian's pcscd knows no polkit; others do, and nobody in a room has a session to be asked about.
if pcscd --help 2>&1 | grep -q -- --disable-polkit; then
    options="$options --disable-polkit"
fi
# shellcheck disable=SC2086
pcscd --foreground $options >"$log" 2>&1 &
tries=0
until [ -S "$RUN/pcscd.comm" ]; do
    tries=$((tries + 1))
    [ "$tries" -le 100 ] || fail "pcscd did not come up within ten seconds; see RISAI_PCSC_LOG"
    sleep 0.1
done
export RISAI_TEST_PCSC=1
unset RISAI_PCSC_ROOM PCSCLITE_CSOCK_NAME
status=0
"$@" || status=$?
exit "$status"
