#!/bin/sh
# Makes the file system of the python stand-in in the folder $1, from the Debian mirror $2 or else from Debian's own.
set -eu
debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates trixie "$1" ${2:+"$2"}
# pip as the official image has it, in /usr/local, from the wheel that Debian ships for venv.
rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED
chroot "$1" sh -ec '
  wheel=$(ls /usr/share/python-wheels/pip-*.whl)
  python3 "$wheel/pip" install --quiet --no-index --root-user-action=ignore --prefix=/usr/local "$wheel"
  for name in python python3 python3.13; do ln -s /usr/bin/python3.13 "/usr/local/bin/$name"; done
'
rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/lib/apt/lists/* "$1"/var/log/*.log "$1"/var/cache/debconf/*-old
