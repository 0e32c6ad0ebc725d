#!/bin/sh
# What the tool VISA lists of an instrument U1, a device R1 of the vendor's class and an adapter S1.
set -eu
visa=$1
export FERROVISA_CONFIG=/dev/null FERROVISA_LAN_SEARCH=off

# Emulated, everything takes long.
list() {
    "$visa" list --bound 20000 "$@" 2>&1
}

# The same for a user who may nothing.
nobody() {
    setpriv --reuid 65534 --regid 65534 --clear-groups "$visa" list --bound 20000 "$@" 2>&1
}

fail() {
    printf '%s in:\n%s\n' "$1" "$2" >&2
    exit 1
}

# says TEXT WORDS
says() {
    case $1 in
    *"$2"*) ;;
    *) fail "no \"$2\"" "$1" ;;
    esac
}

# Waits until a list says WORDS.
until_said() {
    tries=0
    until said=$(list) && case $said in *"$1"*) true ;; *) false ;; esac; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || fail "no \"$1\"" "$said"
        sleep 0.2
    done
}

instrument=USB0::0x1209::0x0010::U1::0::INSTR
raw=USB0::0x1209::0x0020::R1::0::RAW
adapter=$(readlink -f /dev/ttyUSB* | while read -r port; do
    folder=$(readlink -f "/sys/class/tty/$(basename "$port")/device")
    grep -qs S1 "$folder/../../serial" && echo "$port"
done)

said=$(list --json)
says "$said" '"description":"ferrovisa, bench instrument, U1"'
says "$said" '"description":"ferrovisa, bench device, R1"'
says "$said" "\"description\":\"$adapter, FTDI, FT232R USB UART, S1\""

# Permissions: the way for each is another.
said=$(nobody)
node=$(echo /dev/usbtmc*)
says "$said" "note: $instrument: your user may not use /dev/bus/usb/"
says "$said" "and $node"
says "$said" 'sudo visa install --udev'
says "$said" "$raw"
says "$said" 'ATTR{idVendor}=="1209", ATTR{idProduct}=="0020"'
says "$said" "your user may not use $adapter"
chgrp dialout "$adapter"
chmod 660 "$adapter"
says "$(nobody 'ASRL?*')" 'sudo usermod -aG dialout $USER'
# One of its two ways in will do for an instrument.
chmod 666 "$node"
case $(nobody 'USB?*INSTR') in
*note:*) fail "a note" "$(nobody 'USB?*INSTR')" ;;
esac

# In use.
sleep 100 <>"$adapter" &
holder=$!
until_said "sleep (process $holder) has it open"
kill $holder
"$visa" read --timeout 100000 "$instrument" >/dev/null 2>&1 &
holder=$!
until_said "note: $instrument: visa (process $holder) has it open"
says "$(list --idn "$instrument")" "$instrument"
kill $holder
wait
case $(list --idn 'USB?*INSTR') in
"$instrument  "*,*) ;;
*) fail "no answer" "$(list --idn 'USB?*INSTR')" ;;
esac
