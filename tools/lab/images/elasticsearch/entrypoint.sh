#!/bin/bash
# Starts the server; another command is simply run. ES_JAVA_OPTS come last and win.
# It must be bash: small shells drop variables whose names have dots, and those are the settings.
set -e
if [ $# -gt 0 ] && [ "$1" != eswrapper ] && [ "$1" != elasticsearch ]; then
  exec "$@"
fi
home=/usr/share/elasticsearch
native=$home/lib/platform/linux-x64
# shellcheck disable=SC2086 # many options in one variable
exec "$home/jdk/bin/java" -Xms512m -Xmx512m -XX:+ExitOnOutOfMemoryError \
  --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
  -Djava.library.path="$native" -Des.nativelibs.path="$native" -Dlab.home="$home" \
  -Dlog4j2.disable.jmx=true -Dlog4j.shutdownHookEnabled=false -Dio.netty.noUnsafe=true \
  -Des.networkaddress.cache.ttl=60 -Des.networkaddress.cache.negative.ttl=10 \
  $ES_JAVA_OPTS -cp "$home/lib:$home/lib/*" lucid.lab.LabElasticsearch
