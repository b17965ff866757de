#!/bin/sh
# Runs a dockerd as a machine of its own, inside the namespaces that `unshare` has just made:
#   enter.sh HOSTNAME dockerd arguments...
# A private /run keeps sockets, plugins and network namespaces of several engines apart; it is memory, so
# a killed engine forgets it like a machine that lost power. Nothing is ever unmounted: the kernel drops
# every mount with the last process, and every process with the first one of the process namespace.
set -eu
name=$1
shift
mount --make-rprivate /
hostname "$name"
# Named network namespaces are mounts in /run: a copy in here would keep a removed one alive.
for namespace in /run/netns/*; do
  if [ -e "$namespace" ]; then umount -l "$namespace" || true; fi
done
resolver=$(cat /etc/resolv.conf || true)
mount -t tmpfs -o mode=755 tmpfs /run
mount -t proc proc /proc
# /etc/resolv.conf is often a link into /run.
if [ ! -e /etc/resolv.conf ]; then
  target=$(readlink -m /etc/resolv.conf)
  mkdir -p "$(dirname "$target")"
  printf '%s\n' "$resolver" > "$target"
fi
if command -v docker-init > /dev/null; then exec docker-init -- "$@"; fi
exec "$@"
