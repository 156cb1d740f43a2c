"""PostgreSQL whose password may be changed while the process runs.

A process gets the login once, when it starts. After a rotation its open connections go on, but each new one is refused.
This engine then reads the secret and tries what it holds, again after each refusal, because a rotation may come between.
"""

import json
import logging
import re
import threading
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.db.backends.postgresql import base

logger = logging.getLogger("database")

# psycopg has no SQLSTATE for what fails while connecting, so the words of PostgreSQL and of RDS Proxy must do.
REFUSED = re.compile("authentication failed|password that was provided for the role|no credentials for the role")
# Logins that are tried for one connection. Two can be refused without a rotation meanwhile: the one that the process has,
# and the secret's present one while the next is already set. Each rotation that begins meanwhile costs one more at most.
MAX_REFUSALS = 5
# Seconds for one request to Secrets Manager, unless the settings have a SECRET_TIMEOUT: a visitor waits meanwhile.
TIMEOUT = 2

Login = dict[str, str | None]

# All threads share an alias's settings, and none may read the user of one login with the password of another.
_login_lock = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        with _login_lock:
            return super().get_connection_params()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        refused: list[Login] = []
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
            self._keep(login)
        return connection

    def _keep(self, login: Login) -> None:
        """Hands a login that works to the other threads, which need not be refused first."""
        with _login_lock:
            self.settings_dict.update(USER=login["user"], PASSWORD=login["password"])
        logger.info("the database's password was changed, so the secret was read again")

    def _other_login(self, refused: list[Login]) -> Login | None:
        """A login of the secret that was not refused yet: its present one, else the one that a rotation prepares."""
        found, problems = [], []
        try:
            client = self._secrets_manager()
            # The prepared one first: a rotation that ends between the two reads makes it the present one.
            for stage in ("AWSPENDING", "AWSCURRENT"):
                try:
                    value = client.get_secret_value(SecretId=self.settings_dict["SECRET_ARN"], VersionStage=stage)
                    secret = json.loads(value["SecretString"])
                    found.append({"user": secret["username"], "password": secret["password"]})
                except (ClientError, ValueError, KeyError, TypeError) as error:
                    problems.append(f"{stage}: {_name(error)}")  # mostly that nothing is prepared
        except (BotoCoreError, ValueError, IndexError) as error:
            problems.append(_name(error))
        for login in reversed(found):
            if login not in refused:
                return login
        reason = ", ".join(problems) or "what it holds was refused, too"
        logger.warning("the database refused the login, and its secret has no other: %s", reason)
        return None

    def _secrets_manager(self) -> Any:
        region = self.settings_dict["SECRET_ARN"].split(":")[3]
        timeout = self.settings_dict.get("SECRET_TIMEOUT", TIMEOUT)
        retries = {"mode": "standard", "total_max_attempts": 2}
        config = Config(connect_timeout=timeout, read_timeout=timeout, retries=retries)
        return boto3.session.Session().client("secretsmanager", region_name=region, config=config)


def _name(error: Exception) -> str:
    """What went wrong, in a word; the whole error may show the secret."""
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
