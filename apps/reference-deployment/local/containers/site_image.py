"""The site's image: built from django/Dockerfile, given the emulator's certificates in a layer of its own, pushed to the emulated ECR."""

import json
import shutil
import urllib.request
from pathlib import Path
from typing import Any

from containers import base_images
from containers.engine import Engine, content_hash
from local_deployment import LocalDeployment
from settings import APP

DJANGO = APP / "django"
# What .dockerignore leaves out of the image does not change its tag.
IGNORED = ("tests", "__pycache__", ".pytest_cache", ".ruff_cache")
AUTHORITIES = {"rds.pem": "/_ministack/rds/ca.pem", "elasticache.pem": "/_ministack/elasticache/ca.pem"}

# The site verifies the certificates of PostgreSQL and Valkey. On AWS it finds their issuers in the image; the emulator's are added.
DOCKERFILE = """\
ARG SITE
FROM $SITE
USER 0
COPY elasticache.pem /usr/local/share/ca-certificates/emulator.crt
COPY rds.pem /tmp/rds.pem
RUN cat /tmp/rds.pem >>/etc/ssl/rds/global-bundle.pem && rm /tmp/rds.pem && update-ca-certificates
USER {user}
"""


def build(engine: Engine, source: Path = DJANGO, name: str = "prepared", log: Path | None = None) -> str:
    """Builds `source` without the emulator's certificates; returns the image's tag."""
    tag = f"localhost/reference-deployment/site:{name}"
    engine.build(source, tag, args={"PYTHON_IMAGE": base_images.PYTHON.tag}, log=log)
    return tag


def publish(deployment: LocalDeployment, engine: Engine, repository: str, source: Path = DJANGO) -> str:
    """Builds and pushes `source` unless its tag is there already; returns the digest to deploy by."""
    authorities = _authorities(deployment)
    tag = content_hash(*_sources(source)) + "-" + content_hash(*authorities)
    ecr = deployment.client("ecr")
    try:
        return _digest(ecr, repository, tag)
    except ecr.exceptions.ImageNotFoundException:
        pass
    # The emulated ECR is a registry on the emulator's own port; the launcher finds ECR's images under this name.
    image = f"127.0.0.1:{deployment.gateway_port}/{repository}:{tag}"
    log = deployment.folder / "image.log"
    site = build(engine, source, deployment.name, log)
    _add_authorities(engine, site, image, authorities, log)
    _push(engine, image, log)
    return _digest(ecr, repository, tag)


def _sources(source: Path) -> list[Path]:
    return sorted(path for path in source.iterdir() if path.name not in IGNORED and not path.name.endswith(".sqlite3"))


def _authorities(deployment: LocalDeployment) -> list[Path]:
    """The emulator's two certificate authorities as files; it makes new ones at every start."""
    folder = deployment.folder / "authorities"
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in AUTHORITIES.items():
        (folder / name).write_bytes(urllib.request.urlopen(deployment.endpoint + path, timeout=30).read())
    return [folder / name for name in AUTHORITIES]


def _add_authorities(engine: Engine, site: str, image: str, authorities: list[Path], log: Path) -> None:
    context = log.parent / "authorities-context"
    context.mkdir(exist_ok=True)
    for authority in authorities:
        shutil.copy(authority, context)
    user = json.loads(engine.cli("image", "inspect", site))[0]["Config"]["User"]
    (context / "Dockerfile").write_text(DOCKERFILE.format(user=user))
    engine.build(context, image, args={"SITE": site}, log=log)
    shutil.rmtree(context)


def _push(engine: Engine, image: str, log: Path) -> None:
    # Docker keeps credentials and podman asks for none; a file of our own keeps both away from the user's.
    options = ["--remove-signatures"] if engine.name == "podman" else []
    engine.cli("push", *options, image, log=log, timeout=300)


def _digest(ecr: Any, repository: str, tag: str) -> str:
    return ecr.describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])["imageDetails"][0][
        "imageDigest"
    ]
