#!/bin/sh
# Understands what the official image's entry point does: `agent …` and other subcommands without `consul`,
# CONSUL_BIND_INTERFACE, CONSUL_CLIENT_INTERFACE, CONSUL_LOCAL_CONFIG. Consul never runs as root.
set -e
address_of() {
  ip -o -4 addr list "$1" | head -n 1 | awk '{print $4}' | cut -d / -f 1
}
case ${1:-} in
  -*) set -- agent "$@" ;;
esac
if [ "${1:-}" = agent ]; then
  shift
  bind='' client=''
  [ -z "$CONSUL_BIND_INTERFACE" ] || bind=-bind=$(address_of "$CONSUL_BIND_INTERFACE")
  [ -z "$CONSUL_CLIENT_INTERFACE" ] || client=-client=$(address_of "$CONSUL_CLIENT_INTERFACE")
  [ -z "$CONSUL_LOCAL_CONFIG" ] || echo "$CONSUL_LOCAL_CONFIG" >/consul/config/local.json
  set -- consul agent -data-dir=/consul/data -config-dir=/consul/config $bind $client "$@"
elif [ $# -gt 0 ] && consul --help 2>&1 | grep -q "^ *$1 "; then
  set -- consul "$@"
fi
if [ "${1:-}" = consul ] && [ "$(id -u)" = 0 ]; then
  chown -R consul:consul /consul/data /consul/config
  # The full path: this shell would take its own setpriv, which cannot change users.
  set -- /usr/bin/setpriv --reuid=consul --regid=consul --clear-groups "$@"
fi
exec "$@"
