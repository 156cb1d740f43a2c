#!/usr/bin/env bash
# Pushes an image unless the repository has its tag already. Tags never move, so a pipeline that runs twice must not push twice.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: ./push-if-absent.sh REPOSITORY TAG [DIRECTORY]

Builds DIRECTORY (default: django), pushes it to the ECR repository REPOSITORY as TAG, and prints the image's digest as the
only line on standard output. When the repository has TAG already, nothing is built or pushed and its digest is printed.

Needs Docker, and the AWS CLI with credentials and a region. PLATFORM is the image's platform (default: linux/amd64).
TEXT
}

fail() { echo "FAILED: $1" >&2; exit 1; }
run() { printf '+ %s\n' "$*" >&2; "$@" >&2; }

case ${1:-} in -h | --help) usage; exit 0 ;; esac
[ $# -ge 2 ] && [ $# -le 3 ] || { usage >&2; exit 2; }
repository=$1 tag=$2 directory=${3:-$(dirname "$0")/django}
[[ $tag =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ ]] || fail "'$tag' is no tag: 1 to 128 letters, digits, '_', '.' and '-', such as v1.4.2"
[ -f "$directory/Dockerfile" ] || fail "there is no Dockerfile in '$directory'"
for tool in docker aws; do
  command -v "$tool" > /dev/null || fail "$tool is not installed"
done

errors=$(mktemp)
trap 'rm -f "$errors"' EXIT

# Prints the tag's digest, or nothing when there is no such image. Any other answer, no permission for one, ends the script.
digest() {
  if aws ecr describe-images --repository-name "$repository" --image-ids "imageTag=$tag" \
    --query 'imageDetails[0].imageDigest' --output text 2> "$errors"; then
    return
  fi
  grep -q ImageNotFoundException "$errors" || fail "$repository does not tell whether it has $tag: $(cat "$errors")"
}

found=$(digest)
if [ -n "$found" ]; then
  echo "$repository has $tag already: nothing is pushed." >&2
else
  uri=$(aws ecr describe-repositories --repository-names "$repository" --query 'repositories[0].repositoryUri' --output text)
  run docker build --platform "${PLATFORM:-linux/amd64}" --provenance=false --tag "$uri:$tag" "$directory"
  aws ecr get-login-password | run docker login --username AWS --password-stdin "${uri%%/*}"
  # Another run may have pushed the tag meanwhile: then its image is the one, and the push was refused.
  run docker push "$uri:$tag" || echo "The push failed; looking whether another run has pushed $tag." >&2
  found=$(digest)
  [ -n "$found" ] || fail "$tag was not pushed to $repository"
fi
echo "$found"
