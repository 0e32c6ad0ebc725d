#!/bin/busybox sh
# The bench VM's first process: loads the modules, makes the machine's own root the guest's, and
# runs what the host asks for. Never installed anywhere; busybox alone, no other file needed.
#
# The channel is a virtio port. The host sends one line per command. The answer is
# "done STATUS OUT ERR", where OUT and ERR count the bytes that follow: its standard output and
# standard error. The end of the channel ends the machine.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev

while read -r module; do
    insmod "/modules/$module" || echo "lab: $module does not load"
done </modules/order

share() { mount -t 9p -o "trans=virtio,version=9p2000.L,msize=512000,$3" "$1" "$2"; }

# The host's root, read only, under memory that takes what is written.
mkdir -p /host /memory /root
share host /host ro,cache=loose
mount -t tmpfs memory /memory
mkdir /memory/upper /memory/work
mount -t overlay -o lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work root /root

# Folders of the project, writable. Files that the host adds meanwhile are seen; ones that it
# replaces may not be, but without a cache every start of a program takes ten times as long.
tr ' ' '\n' </proc/cmdline | sed -n 's/^lab\.share=//p' | while IFS=: read -r tag folder; do
    share "$tag" "/root$folder" rw,cache=loose
done

for tree in /proc /sys /dev; do
    mount --bind $tree /root$tree
done
mkdir -p /root/dev/pts /root/dev/shm
mount -t devpts -o mode=620,ptmxmode=666 pts /root/dev/pts
mount -t tmpfs shm /root/dev/shm
mount -t tmpfs run /root/run
mount -t tmpfs tmp /root/tmp
chmod 1777 /root/tmp /root/dev/shm
ln -s /proc/self/fd /root/dev/fd
ip link set lo up
hostname bench

channel=/dev/vport0p1
exec 3<>$channel
echo ready >&3
while read -r command <&3; do
    chroot /root /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 \
        /bin/sh -c "$command" </dev/null >/memory/out 2>/memory/err 3>&-
    status=$?
    # What was written to the project must be there when the host looks.
    sync
    { echo "done $status $(stat -c %s /memory/out) $(stat -c %s /memory/err)"
      cat /memory/out /memory/err; } >&3
done
sync
poweroff -f
