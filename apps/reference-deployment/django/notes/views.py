from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_http_methods, require_safe

from .counter import count_visit
from .forms import NoteForm
from .models import Note
from .publishing import publish

NOTES_PER_PAGE = 12


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    pages = Paginator(Note.objects.select_related("author"), NOTES_PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return render(request, "notes/home.html", {"page": page, "visits": count_visit()})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = NoteForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        form.instance.author = request.user
        publish(form.instance)
        messages.success(request, "Your note is up.")
        return redirect("home")
    return render(request, "notes/add.html", {"form": form})


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """What browsers ask for on pages that name no icon: the admin's."""
    return redirect(static("notes/icon.svg"))


@require_safe
def media(request: HttpRequest, name: str) -> FileResponse:
    """A file of the bucket. The route lets only names through that `notes.pictures` makes."""
    try:
        file = default_storage.open(name)
    except FileNotFoundError as error:
        raise Http404(f"no file is called {name!r}") from error
    return FileResponse(
        file,
        content_type="image/webp",
        headers={
            # A name is never given to another content.
            "Cache-Control": "private, max-age=31536000, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )
