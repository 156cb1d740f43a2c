"""For `collectstatic` while the image is built: no secret, no service."""

from .base import *

SECRET_KEY = "build-only"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
