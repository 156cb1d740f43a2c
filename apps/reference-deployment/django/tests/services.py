"""PostgreSQL and Valkey in containers, both with TLS only, signed by an authority made for this run."""

import json
import os
import subprocess
from pathlib import Path
from typing import Self

from containers import base_images as images
from containers.engine import Engine
from tests.processes import PATIENCE, wait_for

# Characters that would break a URL or a shell, because generated passwords hold them.
PASSWORD = "p@ss/w:rd\"%'{ }$"
TOKEN = "tok/en@1:#?&%+ {}"

POSTGRES = """
install -o postgres -m 600 /tls/server.key /tmp/server.key
exec docker-entrypoint.sh postgres -c ssl=on -c ssl_cert_file=/tls/server.crt -c ssl_key_file=/tmp/server.key \
  -c hba_file=/tls/pg_hba.conf -c fsync=off -c synchronous_commit=off -c full_page_writes=off
"""
VALKEY = """
exec docker-entrypoint.sh valkey-server --port 0 --tls-port 6379 --tls-cert-file /tls/server.crt \
  --tls-key-file /tls/server.key --tls-ca-cert-file /tls/ca.crt --tls-auth-clients no --save '' --requirepass "$TOKEN"
"""


class Services:
    """Up inside a `with` block, gone after it. Without an engine there are none, and the addresses lead nowhere."""

    def __init__(self, engine: Engine | None, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        # Where nobody listens, until a service is up.
        self.ports = {"postgres": 1, "valkey": 1}

    def environment(self) -> dict[str, str]:
        """The contract's variables, for a site that is served over HTTPS."""
        database = {"username": "site", "password": PASSWORD, "host": "localhost", "port": self.ports["postgres"]}
        return {
            "DJANGO_PROCESS": "web",
            "DJANGO_ALLOWED_HOSTS": "www.example.com",
            "SITE_URL": "https://www.example.com",
            "DJANGO_SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJK",
            "DATABASE_SECRET": json.dumps({**database, "dbname": "site", "engine": "postgres"}),
            "DATABASE_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:site/database-a1b2c3",
            "REDIS_HOST": "localhost",
            "REDIS_PORT": str(self.ports["valkey"]),
            "REDIS_AUTH_TOKEN": TOKEN,
            "MEDIA_BUCKET": "site-media",
            "STATIC_BUCKET": "site-static",
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "dummy",
            "AWS_SECRET_ACCESS_KEY": "dummy",
            "AWS_EC2_METADATA_DISABLED": "true",
            # OpenSSL's own variable: the settings name no authority for Valkey but the system's.
            "SSL_CERT_FILE": str(self.folder / "ca.crt"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def __enter__(self) -> Self:
        self.folder.chmod(0o755)
        _make_certificates(self.folder)
        if self.engine:
            try:
                self._start(self.engine)
            except BaseException:
                self.__exit__()
                raise
        return self

    def __exit__(self, *_error: object) -> None:
        if self.engine:
            self.engine.remove(*map(self._name, self.ports))

    def _start(self, engine: Engine) -> None:
        variables = {"POSTGRES_USER": "site", "POSTGRES_DB": "site", "POSTGRES_PASSWORD": PASSWORD}
        self._run(engine, "postgres", images.POSTGRES, 5432, POSTGRES, variables)
        self._run(engine, "valkey", images.VALKEY, 6379, VALKEY, {"TOKEN": TOKEN, "REDISCLI_AUTH": TOKEN})
        self._wait(engine, "postgres", ["pg_isready", "--host=127.0.0.1"], "accepting")
        self._wait(engine, "valkey", ["valkey-cli", "--tls", "--cacert", "/tls/ca.crt", "ping"], "PONG")

    def _run(
        self, engine: Engine, service: str, image: images.Image, port: int, script: str, environment: dict[str, str]
    ) -> None:
        engine.run(
            image.tag,
            name=self._name(service),
            env=environment,
            command=["-c", script],
            volumes={self.folder: "/tls:ro"},
            # The engine chooses the port on this machine: one that is free now may be another's in a moment.
            options=["--entrypoint=sh", f"--publish=127.0.0.1::{port}"],
        )
        self.ports[service] = int(engine.cli("port", self._name(service), str(port)).rpartition(":")[2])

    def _wait(self, engine: Engine, service: str, command: list[str], answer: str) -> None:
        def answers() -> bool:
            return answer in engine.cli("exec", self._name(service), *command, check=False)

        def story() -> str:
            return f"{service} did not answer; its log:\n{engine.cli('logs', self._name(service), check=False)}"

        wait_for(answers, story)

    def _name(self, service: str) -> str:
        return f"django-tests-{os.getpid()}-{service}"


def _make_certificates(folder: Path) -> None:
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=PATIENCE)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    # Python 3.13 verifies strictly: an authority without keyUsage is refused.
    authority = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    openssl("req", "-x509", *key, "-subj", "/CN=Tests", *authority, "-keyout", "ca.key", "-out", "ca.crt")
    openssl("req", "-x509", *key, "-subj", "/CN=Other", *authority, "-keyout", "other.key", "-out", "other.crt")
    openssl("req", *key, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
    # The name alone, not 127.0.0.1, so that a test can see the wrong name refused.
    (folder / "extensions").write_text(
        "subjectAltName=DNS:localhost\nauthorityKeyIdentifier=keyid\nextendedKeyUsage=serverAuth\n"
    )
    signer = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "extensions"]
    openssl("x509", "-req", "-in", "server.csr", *signer, "-out", "server.crt")
    (folder / "server.key").chmod(0o644)
    (folder / "pg_hba.conf").write_text("local all all trust\nhostssl all all all scram-sha-256\n")
