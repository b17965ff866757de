#!/bin/sh
# Enters the root folder inside the private mount namespace that `unshare` has just made.
#   enter.sh build   ROOT - -        command...   as root; /proc shows the new process namespace only
#   enter.sh service ROOT STORE BIN  command...   as postgres; STORE at /instance, BIN at /opt/lab
# Nothing is ever unmounted here: the kernel drops every mount with the last process of the namespace,
# so no crash and no kill -9 can leave one behind on the machine.
set -eu
mode=$1 root=$2 store=$3 bin=$4
shift 4
mount --make-rprivate /
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
case $mode in
  build)
    mount -t proc proc "$root/proc"
    exec chroot "$root" "$@"
    ;;
  service)
    mount --rbind /proc "$root/proc"
    mount --bind "$store" "$root/instance"
    mount --bind "$bin" "$root/opt/lab"
    mount -o remount,bind,ro "$root/opt/lab"
    exec chroot "$root" setpriv --reuid postgres --regid postgres --init-groups --no-new-privs "$@"
    ;;
esac
