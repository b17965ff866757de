#!/bin/sh
# Brings an engine of the lab up and down where no other is, and prints what was seen as NAME=value lines.
#   unshare --net --mount lone-engine.sh NODE MAIN HOME
set -eu
node=$1 main=$2 home=$3
lab() { "$node" "$main" "$@" --state "$home"; }
answer() { "$node" -p "const it = JSON.parse(require('fs').readFileSync(0, 'utf8')); $1"; }
# Rules, chains that somebody made, and policies that refuse. Empty tables come into being by being looked at.
rules() {
  for tool in iptables ip6tables; do $tool-save | grep -E '^-A|^:[^ ]+ (-|DROP)' || true; done
}
compare() { if [ "$(rules)" = "$before" ]; then echo same; else echo changed; fi; }

ip link set lo up
mount --make-rprivate /
mount -t tmpfs tmpfs /run
iptables -A FORWARD -s 192.0.2.0/24 -j DROP # somebody else's
before=$(rules)
echo 0 > /proc/sys/net/ipv4/ip_forward

eval "$(lab up --print-env)"
echo "host=$DOCKER_HOST"
echo "compose=$(docker compose version --short)"
echo "containers=$(docker ps --quiet --all | wc -l)"
docker network create lone-test > /dev/null
echo "subnet=$(docker network inspect --format '{{(index .IPAM.Config 0).Subnet}}' lone-test)"
echo "rulesUp=$(compare)"
unset DOCKER_HOST
echo "second=$(lab up --json | answer it.engine.whose)"
lab down > /dev/null
echo "rulesDown=$(compare)"
echo "linksDown=$(ip -o link | cut -d' ' -f2 | tr -d ':\n')"
if [ "$(cat /proc/sys/net/ipv4/ip_forward)" = 0 ]; then echo forwarding=same; fi

lab up > /dev/null
kill -9 "$(lab status --json | answer 'it.homes[0].engine.pid')"
echo "killed=$(lab status --json | answer 'it.homes[0].engine.condition')"
lab down > /dev/null
echo "rulesKilled=$(compare)"

code=0
"$node" "$main" up --run --state "$home" -- sh -c 'echo "runHost=$DOCKER_HOST"; exit 23' || code=$?
echo "runCode=$code"
lab down --purge > /dev/null
echo "processes=$(grep -lzs "LUCID_LAB_DAEMON=$home" /proc/[0-9]*/environ | wc -l)"
