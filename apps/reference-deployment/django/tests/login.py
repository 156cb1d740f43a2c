"""A user of the tests' database whose password is changed, alone or together with its secret."""

import json
import os
import uuid
from collections.abc import Callable

import boto3
import psycopg
from psycopg import sql

from config import env


class Login:
    """A user of the database and its secret, which can be given new passwords together or apart."""

    def __init__(self) -> None:
        self.user = f"rotated_{uuid.uuid4().hex[:8]}"
        self.password = "first p@ss/w:rd\"%'"
        self.store = boto3.client("secretsmanager", region_name=os.environ["AWS_REGION"])
        self.arn = self.store.create_secret(Name=self.user, SecretString=self.login_json())["ARN"]
        owner = env.database()
        self.server = psycopg.connect(
            host=owner["HOST"],
            port=owner["PORT"],
            user=owner["USER"],
            password=owner["PASSWORD"],
            dbname=owner["NAME"],
            sslmode="verify-full",
            sslrootcert=os.environ["SSL_CERT_FILE"],
            autocommit=True,
        )
        self.sql("CREATE ROLE {user} LOGIN PASSWORD {password}")

    def change(self, user: str | None = None) -> None:
        """As a rotation does: a new password, for the same user or another, and then the secret."""
        self.change_in_database_only(user)
        self.store.put_secret_value(SecretId=self.arn, SecretString=self.login_json())

    def change_in_database_only(self, user: str | None = None) -> None:
        self.password = uuid.uuid4().hex
        if user:
            self.user = user
            self.sql("CREATE ROLE {user} LOGIN PASSWORD {password}")
        else:
            self.sql("ALTER ROLE {user} PASSWORD {password}")

    def rotate(self, meanwhile: Callable[[], None]) -> None:
        """In the steps of AWS's function: the next value in the secret, the database, and then the secret's label.

        `meanwhile` is what happens while only the database and the next value have the new password.
        """
        old = self.store.describe_secret(SecretId=self.arn)["VersionIdsToStages"]
        self.password = uuid.uuid4().hex
        new = self.store.put_secret_value(
            SecretId=self.arn, SecretString=self.login_json(), VersionStages=["AWSPENDING"]
        )
        self.sql("ALTER ROLE {user} PASSWORD {password}")
        meanwhile()
        current = next(version for version, stages in old.items() if "AWSCURRENT" in stages)
        self.store.update_secret_version_stage(
            SecretId=self.arn,
            VersionStage="AWSCURRENT",
            MoveToVersionId=new["VersionId"],
            RemoveFromVersionId=current,
        )

    def end_connections(self) -> int:
        ended = self.server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [self.user]
        )
        return len(ended.fetchall())

    def secret(self) -> str:
        """What the deployment hands to a process that starts now."""
        return json.dumps({**json.loads(os.environ["DATABASE_SECRET"]), **json.loads(self.login_json())})

    def login_json(self) -> str:
        return json.dumps({"username": self.user, "password": self.password})

    def sql(self, statement: str) -> None:
        names = {"user": sql.Identifier(self.user), "password": sql.Literal(self.password)}
        self.server.execute(sql.SQL(statement).format(**names))
