"""The production settings against the services that `tests/run.py` starts."""

import ssl
import tempfile

from .production import *

# The tests' services are signed by the tests' own authority; OpenSSL finds it through SSL_CERT_FILE.
DATABASES["default"]["OPTIONS"]["sslrootcert"] = ssl.get_default_verify_paths().cafile

# Seconds for what takes a moment, so that no test fails on a busy machine. A test's own limit is longer.
PATIENCE = 120
READYZ_SECONDS = PATIENCE
DATABASES["default"]["SECRET_TIMEOUT"] = PATIENCE
DATABASES["default"]["OPTIONS"] |= {
    "connect_timeout": PATIENCE,
    "options": " ".join(
        f"-c {limit}={PATIENCE}s"
        for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    ),
}
CACHES["default"]["OPTIONS"] |= {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
CELERY_BROKER_TRANSPORT_OPTIONS |= {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
for storage in ("default", "releases"):
    STORAGES[storage]["OPTIONS"]["client_config"] = s3_options["client_config"].merge(
        Config(connect_timeout=PATIENCE, read_timeout=PATIENCE)
    )

# Where tests/conftest.py collects the static files.
STATIC_ROOT = Path(tempfile.gettempdir()) / "staticfiles"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
