#!/usr/bin/env bash
# Every test of the repository, from a fresh clone to the last line: N passed, N failed.
# A step that fails does not stop the next one, unless that needs its result.
set -uo pipefail
cd "$(dirname "$0")/../.."

outcomes=()

# step NAME COMMAND...: runs a command, and remembers whether it succeeded and how long it took
step() {
  local name=$1 start=$SECONDS outcome=passed
  shift
  printf '\n== %s\n' "$name"
  "$@" || outcome=failed
  outcomes+=("$name=$outcome")
  printf '== %s: %s after %s s\n' "$name" "$outcome" $((SECONDS - start))
  [ "$outcome" = passed ]
}

install() {
  [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund
}

# What the build generates (API.md, projen's files) is committed: building must change none of it.
build() {
  local before
  before=$(git status --porcelain)
  npx projen build || return 1
  [ "$before" = "$(git status --porcelain)" ] && return
  git status --short
  echo 'The build changed files that are committed: commit what it wrote together with its cause.'
  return 1
}

# TypeScript without tsx's command, which leaves a folder in the temporary folder, as does its cache
tsx() {
  TSX_DISABLE_CACHE=1 node --import tsx "$@"
}

rm -rf test-reports apps/reference-deployment/test-reports
if step 'install' install; then
  if step 'build, unit tests and examples' build; then
    step 'template verifiers' tsx projenrc/tools/verifiers/main.ts
    step 'installation by another team' tsx projenrc/tools/consumers/main.ts
    step 'deployment on the emulator' python3 apps/reference-deployment/local/tests/run.py
  fi
fi
step 'Django service' python3 apps/reference-deployment/django/tests/run.py

node projenrc/tools/sum-results.mjs "${outcomes[@]}"
