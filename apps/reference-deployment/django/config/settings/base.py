"""What is the same everywhere; reads nothing from outside."""

from pathlib import Path

from celery.schedules import crontab
from django.utils.csp import CSP

BASE_DIR = Path(__file__).resolve().parent.parent.parent

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ops",
    "notes",
]

MIDDLEWARE = [
    # First, so that nothing that looks at the host name, the scheme or the session can fail a health check.
    "ops.health.HealthMiddleware",
    "ops.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "ops.headers.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

# All that /readyz tries must have answered within this time.
READYZ_SECONDS = 2.0

# Celery queues that the web process reports: a list for each worker that may have no task.
REPORT_QUEUES: list[list[str]] = []

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}"}
    for validator in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

# Read from the cache, kept in the database: a lost cache logs nobody out.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"  # Django's own default is America/Chicago, and it reaches the process's log lines.
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_URL = "/media/"

# A request beyond this is refused before it is read; /tmp holds uploads in memory that counts as the task's.
MAX_REQUEST_BYTES = 12 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "ops.uploads.RequestSizeHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],  # the admin draws a few icons from data: addresses
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

# A task that a stopped worker did not finish is handed out again, so every task must be able to run twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_IGNORE_RESULT = True
# Below the 120 s that Fargate grants a stopping worker at most.
CELERY_TASK_SOFT_TIME_LIMIT = 80
CELERY_TASK_TIME_LIMIT = 100

# Beat's file of last runs goes with its task, so an interval would begin anew with every deployment; a crontab does not.
CELERY_BEAT_SCHEDULE = {
    "make missing thumbnails": {
        "task": "notes.tasks.make_missing_thumbnails",
        "schedule": crontab(),  # every minute
        "options": {"expires": 50},  # workers that were away find one, not one for each minute
    },
}
CELERY_BEAT_SCHEDULER = "ops.beat:Scheduler"
# How often that scheduler touches its file when nothing is due.
CELERY_BEAT_MAX_LOOP_INTERVAL = 10
