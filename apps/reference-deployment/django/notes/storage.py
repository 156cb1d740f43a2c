from typing import Any

from django.urls import reverse
from storages.backends.s3 import S3Storage


class MediaStorage(S3Storage):
    """The private bucket. Its files have addresses on the site itself, never signed ones of the bucket."""

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        return reverse("media", args=[name])
