#!/bin/sh
# Options or a configuration file alone mean redis-server; the server never runs as root, and listens to
# other containers unless it is told not to (`protected-mode` is off, as in the official image).
set -e
case ${1:-} in
  -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "${1:-}" = redis-server ]; then
  if [ "$(id -u)" = 0 ]; then
    find . ! -user redis -exec chown redis:redis {} +
    # The full path: this shell would take its own setpriv, which cannot change users.
    exec /usr/bin/setpriv --reuid=redis --regid=redis --clear-groups "$0" "$@"
  fi
  umask 0077
  shift
  case ${1:-} in
    '' | -*) set -- --protected-mode no "$@" ;;
    *) grep -q '^ *protected-mode' "$1" || set -- "$@" --protected-mode no ;;
  esac
  set -- redis-server "$@"
fi
exec "$@"
