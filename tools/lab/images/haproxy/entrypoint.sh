#!/bin/sh
# Options alone mean haproxy; haproxy runs in the foreground with a master, so that SIGUSR2 reloads it.
set -e
case ${1:-} in
  -*) set -- haproxy "$@" ;;
esac
if [ "${1:-}" = haproxy ]; then
  shift
  set -- haproxy -W -db "$@"
fi
exec "$@"
