#!/bin/sh
# Arguments are squid's; its folders may be fresh volumes of somebody else's.
set -e
if [ "$(id -u)" = 0 ]; then
  chown -R proxy:proxy /var/log/squid /var/spool/squid
fi
exec squid "$@"
