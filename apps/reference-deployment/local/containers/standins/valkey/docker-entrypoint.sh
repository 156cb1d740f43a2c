#!/bin/sh
# The official entrypoint's rules: options alone are options of the server, and the server does not run as root.
set -eu
case "${1:-}" in -*|*.conf) set -- valkey-server "$@";; esac
[ "$1" = valkey-server ] || exec "$@"
exec setpriv --reuid valkey --regid valkey --clear-groups "$@" --protected-mode no
