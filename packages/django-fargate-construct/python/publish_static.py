# Copies what `collectstatic` left in the image to the bucket of static files, then becomes the command that follows it.
# Names that the manifest made from the content are never written again and may be kept by browsers for good; others are
# replaced when their content changed, and kept for five minutes. Nothing is deleted: an older release may still serve
# pages that name it. Django itself is not set up, because the storage and the settings are all that is needed.
#
# Arguments: the prefix of static files in the bucket and in the site's paths, and the command that follows.
import hashlib
import mimetypes
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

THREADS = 16


def stop(problem: str) -> NoReturn:
    sys.exit(f"static files: {problem}, or leave them out with release.publishStaticFiles: false")


def collected(prefix: str) -> Path:
    from django.conf import settings

    if settings.STATIC_URL != "/" + prefix:
        stop(f"STATIC_URL is {settings.STATIC_URL!r}: make it '/{prefix}'")
    root = Path(settings.STATIC_ROOT or "")
    if not settings.STATIC_ROOT or not root.is_dir():
        stop(
            f"STATIC_ROOT {settings.STATIC_ROOT!s:.200} is no folder of the image: run collectstatic while it is built"
        )
    return root


def files_below(root: Path) -> list[Path]:
    # compressed twins are WhiteNoise's: CloudFront compresses by itself
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix not in (".gz", ".br"))
    return [path for path in files if path != root / "staticfiles.json"]


def hashed_names() -> set[str]:
    from django.contrib.staticfiles.storage import staticfiles_storage

    return set(getattr(staticfiles_storage, "hashed_files", {}).values())


def object_store() -> Any:
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        stop("boto3 is not in the image: add it to the project's requirements")
    retries = {"mode": "standard", "total_max_attempts": 5}
    config = Config(max_pool_connections=THREADS, retries=retries, s3={"addressing_style": "path"})
    return boto3.client("s3", region_name=os.environ["AWS_REGION"], config=config)


def headers(name: str, hashed: bool) -> dict[str, str]:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind in ("application/javascript", "application/json"):
        kind += "; charset=utf-8"
    return {
        "ContentType": kind,
        "CacheControl": "public, max-age=31536000, immutable" if hashed else "public, max-age=300",
    }


def main(prefix: str, *command: str) -> None:
    s3 = object_store()
    root = collected(prefix)
    hashed = hashed_names()
    bucket = os.environ["STATIC_BUCKET"]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    there = {found["Key"]: found["ETag"].strip('"') for page in pages for found in page.get("Contents", ())}

    def publish(path: Path) -> bool:
        name = path.relative_to(root).as_posix()
        key = prefix + name
        if name in hashed and key in there:
            return False
        content = path.read_bytes()
        if there.get(key) == hashlib.md5(content, usedforsecurity=False).hexdigest():
            return False
        s3.put_object(Bucket=bucket, Key=key, Body=content, **headers(name, name in hashed))
        return True

    files = files_below(root)
    with ThreadPoolExecutor(THREADS) as pool:
        new = sum(pool.map(publish, files))
    print(f"static files: {new} published, {len(files) - new} there already", flush=True)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
