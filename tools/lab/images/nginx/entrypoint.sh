#!/bin/sh
# Options alone mean nginx.
set -e
case ${1:-} in
  -*) set -- nginx "$@" ;;
esac
exec "$@"
