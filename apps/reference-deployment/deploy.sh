#!/usr/bin/env bash
# Deploys one release to AWS: registry, build, login, tag, push, site by digest.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: ./deploy.sh TAG [-c KEY=VALUE]...

Deploys DjangoRegistry, builds the image of django/, pushes it as TAG and deploys DjangoSite with its digest. Every command
is printed before it runs. Give the context of the site with -c, as to `cdk deploy` (see README.md).

Needs Docker, the AWS CLI with credentials and a region, and `npm ci && npx projen compile` at the top of the repository.
TAG names one image for ever: when the registry has it already, that image is deployed and nothing is built or pushed.

Not run against AWS by the tests of this repository; they deploy the same stacks to an emulator (local/).
TEXT
}

fail() { echo "FAILED: $1" >&2; exit 1; }
run() { printf '+ %s\n' "$*" >&2; "$@"; }

case ${1:-} in
  -h | --help) usage; exit 0 ;;
  '' | -*) usage >&2; exit 2 ;;
esac
tag=$1
shift
[ "$tag" != latest ] || fail "a release needs a tag of its own, such as v1.4.2, got 'latest'"
[[ $tag =~ ^v[A-Za-z0-9_.-]{0,126}$ ]] || fail "the registry keeps tags that start with v, such as v1.4.2, got '$tag'"
for tool in docker aws npx; do
  command -v "$tool" > /dev/null || fail "$tool is not installed"
done

cd "$(dirname "$0")"
output() {
  aws cloudformation describe-stacks --stack-name DjangoRegistry \
    --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text
}

run npx cdk deploy DjangoRegistry --exclusively -c "image=$tag" "$@"
repository=$(output RepositoryName)
found=$(run ./push-if-absent.sh "$repository" "$tag" django)
run npx cdk deploy DjangoSite --exclusively -c "image=$found" "$@"
