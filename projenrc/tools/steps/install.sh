#!/usr/bin/env bash
# Installs npm's packages, unless those of the lockfile are there.
set -euo pipefail
cd "$(dirname "$0")/../../.."
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund
