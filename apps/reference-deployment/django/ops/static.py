"""Serves the files that `collectstatic` hashed, for as long as a browser likes to keep them."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe


@require_safe
def hashed_file(request, name: str) -> FileResponse:
    # Only names that the manifest knows exist here: their content never changes, and no path leads out of the folder.
    if name not in staticfiles_storage.hashed_files.values():
        raise Http404(f"no static file is called {name!r}")
    return FileResponse(
        staticfiles_storage.open(name),
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )
