#!/usr/bin/env bash
# Builds, and fails when that changes a file: what the build generates (API.md, projen's files) is committed.
set -euo pipefail
cd "$(dirname "$0")/../../.."
before=$(git status --porcelain)
npx projen build
[ "$before" = "$(git status --porcelain)" ] && exit
git status --short
echo 'The build changed files that are committed: commit what it wrote together with its cause.'
exit 1
