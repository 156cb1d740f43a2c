"""PostgreSQL whose password may be changed while the process runs.

A process gets the login once, when it starts. After a rotation its open connections go on, but each new one is refused;
this engine then reads the secret again and tries what it found, a bounded number of times: a rotation may come between.
"""

import json
import logging
import re

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.db.backends.postgresql import base

logger = logging.getLogger("database")

# psycopg has no SQLSTATE for what fails while connecting, so the words of PostgreSQL and of RDS Proxy must do.
REFUSED = re.compile("authentication failed|password that was provided for the role|no credentials for the role")
# A visitor waits meanwhile.
CONFIG = Config(connect_timeout=2, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})


# Each refusal costs a read of the secret; this many rotations may meet one attempt to connect.
MAX_REFUSALS = 5


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params):
        refused: list[dict] = []
        while True:
            login = {key: conn_params.get(key) for key in ("user", "password")}
            try:
                connection = super().get_new_connection(conn_params)
                break
            except self.Database.OperationalError as error:
                refused.append(login)
                if not REFUSED.search(str(error)) or len(refused) == MAX_REFUSALS:
                    raise
                other = self._other_login(refused)
                if not other:
                    raise
                conn_params = {**conn_params, **other}
        if refused:
            # All connections of an alias share these settings, so other threads need not be refused first.
            self.settings_dict["USER"], self.settings_dict["PASSWORD"] = login["user"], login["password"]
            logger.info("the database's password was changed, so the secret was read again")
        return connection

    def _other_login(self, refused: list[dict]) -> dict | None:
        """What the secret holds now; for the seconds in which only the database knows the new login, what it will hold.
        A login that was refused in this attempt to connect is not tried again."""
        arn = self.settings_dict["SECRET_ARN"]
        try:
            client = boto3.session.Session().client("secretsmanager", region_name=arn.split(":")[3], config=CONFIG)
            for stage in ("AWSCURRENT", "AWSPENDING"):
                secret = json.loads(client.get_secret_value(SecretId=arn, VersionStage=stage)["SecretString"])
                login = {"user": secret["username"], "password": secret["password"]}
                if login not in refused:
                    return login
        except (BotoCoreError, ClientError, ValueError, KeyError, IndexError) as error:
            logger.warning("the database refused the login, and its secret has no other: %s", type(error).__name__)
        return None
