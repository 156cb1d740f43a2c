"""Behind the load balancer. Everything that differs between deployments comes from `config.env`."""

import ssl
from typing import Any

from botocore.config import Config
from redis.backoff import NoBackoff
from redis.retry import Retry

from ops.logs import logging_config

from .. import env
from .base import *

DEBUG = False
SECRET_KEY = env.secret_key()
SECRET_KEY_FALLBACKS = env.secret_key_fallbacks()
ALLOWED_HOSTS = env.allowed_hosts()
LOGGING = logging_config(env.process())

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "ops.database",
        "SECRET_ARN": env.text("DATABASE_SECRET_ARN"),
        **env.database(),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "sslmode": "verify-full",
            "sslrootcert": "/etc/ssl/rds/global-bundle.pem",
            "application_name": f"django-{env.process()}",
            "options": "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000",
        },
    }
}

if replicas := env.text_or_none("DATABASE_REPLICA_HOST"):
    DATABASES["replica"] = {
        **DATABASES["default"],
        "HOST": replicas,
        "OPTIONS": {**DATABASES["default"]["OPTIONS"], "load_balance_hosts": "random"},
        "TEST": {"MIRROR": "default"},
    }

if proxy := env.text_or_none("DATABASE_HOST"):
    DATABASES["default"] |= {"HOST": proxy, "DISABLE_SERVER_SIDE_CURSORS": True}
    # Its certificate is publicly trusted, and it refuses `options`: the limits belong to the database's user there.
    DATABASES["default"]["OPTIONS"] |= {"sslrootcert": "/etc/ssl/certs/ca-certificates.crt"}
    del DATABASES["default"]["OPTIONS"]["options"]

CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "ops.cache.TolerantRedisCache",
        "LOCATION": env.redis_url(database=0),
        "KEY_PREFIX": "django",
        "OPTIONS": {
            "ssl_cert_reqs": "required",
            "ssl_check_hostname": True,
            "socket_connect_timeout": 1,
            "socket_timeout": 1,
            # One more try, at once, for a connection that was closed while idle; the default waits for seconds.
            "retry": Retry(NoBackoff(), 1),
        },
    }
}

CELERY_BROKER_URL = env.redis_url(database=1)
REPORT_QUEUES = env.report_queues()
CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# An unfinished task is handed out again after this long: more than CELERY_TASK_TIME_LIMIT, or tasks run twice.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300, "socket_connect_timeout": 2, "socket_timeout": 10}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}

s3_options: dict[str, Any] = {
    "region_name": env.text("AWS_REGION"),
    "default_acl": None,
    "client_config": Config(
        signature_version="s3v4",
        # Works with an endpoint that has one host name as well as with AWS.
        s3={"addressing_style": "path"},
        connect_timeout=3,
        read_timeout=10,
        retries={"mode": "standard", "total_max_attempts": 3},
    ),
}
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "notes.storage.MediaStorage",
        "OPTIONS": {
            **s3_options,
            "bucket_name": env.text("MEDIA_BUCKET"),
            # Names are random and made by us: to write one again is to repeat a write, never to meet another file.
            "file_overwrite": True,
            "max_memory_size": 1024 * 1024,
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    # Static files of every release: each adds its own before its tasks start.
    "releases": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {**s3_options, "bucket_name": env.text("STATIC_BUCKET"), "location": "static"},
    },
}

# Over plain HTTP the redirect would never end and a browser drops Secure cookies, so all of these follow the site.
if env.site_url().scheme == "https":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrftoken"
