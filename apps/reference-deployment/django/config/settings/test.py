"""The production settings against the services that `tests/run.py` starts."""

import ssl
import tempfile

from .production import *

# The tests' services are signed by the tests' own authority; OpenSSL finds it through SSL_CERT_FILE.
DATABASES["default"]["OPTIONS"]["sslrootcert"] = ssl.get_default_verify_paths().cafile
# Where tests/conftest.py collects the static files.
STATIC_ROOT = Path(tempfile.gettempdir()) / "staticfiles"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
