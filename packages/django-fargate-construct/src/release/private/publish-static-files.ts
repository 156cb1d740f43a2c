import { STATIC_PREFIX } from '../../data/site-storage';

/**
 * Copies what `collectstatic` left in the image to the bucket of static files, then becomes the command that follows it.
 * Names that the manifest made from the content are never written again and may be kept by browsers for good; others are
 * replaced when their content changed, and kept for five minutes. Nothing is deleted: an older release may still serve
 * pages that name it. Django itself is not set up, because the storage and the settings are all that is needed.
 */
const PUBLISH = `
import hashlib, mimetypes, os, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
PREFIX = "${STATIC_PREFIX}"
def stop(problem):
    sys.exit(f"static files: {problem}, or leave them out with release.publishStaticFiles: false")
try:
    import boto3
    from botocore.config import Config
except ImportError:
    stop("boto3 is not in the image: add it to the project's requirements")
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
if settings.STATIC_URL != "/" + PREFIX:
    stop(f"STATIC_URL is {settings.STATIC_URL!r}: make it '/static/'")
root = Path(settings.STATIC_ROOT or "")
if not settings.STATIC_ROOT or not root.is_dir():
    stop(f"STATIC_ROOT {settings.STATIC_ROOT!s:.200} is no folder of the image: run collectstatic while it is built")
hashed = set(getattr(staticfiles_storage, "hashed_files", {}).values())
bucket = os.environ["STATIC_BUCKET"]
config = Config(max_pool_connections=16, retries={"mode": "standard", "total_max_attempts": 5}, s3={"addressing_style": "path"})
s3 = boto3.client("s3", region_name=os.environ["AWS_REGION"], config=config)
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=PREFIX)
there = {found["Key"]: found["ETag"].strip('"') for page in pages for found in page.get("Contents", ())}
def publish(path):
    name = path.relative_to(root).as_posix()
    key = PREFIX + name
    if name in hashed and key in there:
        return False
    content = path.read_bytes()
    if there.get(key) == hashlib.md5(content, usedforsecurity=False).hexdigest():
        return False
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind in ("application/javascript", "application/json"):
        kind += "; charset=utf-8"
    cache = "public, max-age=31536000, immutable" if name in hashed else "public, max-age=300"
    s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType=kind, CacheControl=cache)
    return True
# compressed twins are WhiteNoise's: CloudFront compresses by itself
files = [path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix not in (".gz", ".br")
         and path != root / "staticfiles.json"]
with ThreadPoolExecutor(16) as pool:
    new = sum(pool.map(publish, files))
print(f"static files: {new} published, {len(files) - new} there already", flush=True)
os.execvp(sys.argv[1], sys.argv[1:])
`.trim();

/** Publishes the image's static files, and runs the command when they are all there. */
export function publishingCommand(command: string[]): string[] {
  return ['python', '-c', PUBLISH, ...command];
}
