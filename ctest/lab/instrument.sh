#!/bin/sh
# The simulated instrument behind a serial port: VISA PORT PROGRAM ARGUMENTS... runs the program
# while what the tool VISA simulates on a pseudo-terminal is joined with the port.
set -eu
visa=$1 port=$2
shift 2
names=$(mktemp)
"$visa" sim --socket off --vxi11 off --hislip off --serial >"$names" &
simulator=$!
until pty=$(sed -n 's|^ASRL\(/dev/pts/[0-9]*\)::INSTR$|\1|p' "$names") && [ -n "$pty" ]; do
    kill -0 $simulator
    sleep 0.1
done
for terminal in "$port" "$pty"; do
    stty -F "$terminal" 9600 raw -echo
done
cat <"$port" >"$pty" &
there=$!
cat <"$pty" >"$port" &
back=$!
status=0
"$@" || status=$?
kill $there $back $simulator
exit $status
