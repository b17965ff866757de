#!/bin/sh
# Options alone mean envoy; it does not run as root unless ENVOY_UID=0 says so.
set -e
case ${1:-} in
  -*) set -- envoy "$@" ;;
esac
if [ "${1:-}" = envoy ] && [ "$(id -u)" = 0 ] && [ "${ENVOY_UID:-}" != 0 ]; then
  # Its logs and access logs go to our standard output, which is root's until now.
  chown envoy:envoy /dev/stdout /dev/stderr
  # The full path: this shell would take its own setpriv, which cannot change users.
  set -- /usr/bin/setpriv --reuid="${ENVOY_UID:-envoy}" --regid=envoy --clear-groups "$@"
fi
exec "$@"
