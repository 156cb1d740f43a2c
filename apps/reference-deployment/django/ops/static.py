"""Serves the files that `collectstatic` hashed, for as long as a browser likes to keep them.

Behind CloudFront nobody asks here. Without it, a task of one release is asked for files of another while a deployment
goes on; it has them from the bucket to which every release publishes its own.
"""

import re

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import File
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

HASHED = re.compile(r"[\w./-]+\.[0-9a-f]{12}\.\w+")


@require_safe
def hashed_file(request: HttpRequest, name: str) -> FileResponse:
    return FileResponse(_open(name), headers={"Cache-Control": "public, max-age=31536000, immutable"})


def _open(name: str) -> File:
    # Only names that a manifest made exist here: their content never changes, and no path leads out of the folder.
    if name in staticfiles_storage.hashed_files.values():
        return staticfiles_storage.open(name)
    if HASHED.fullmatch(name) and ".." not in name:
        try:
            return storages["releases"].open(name)
        except FileNotFoundError:
            pass
    raise Http404(f"no static file is called {name!r}")
