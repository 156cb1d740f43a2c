from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from .forms import NoteForm
from .models import Note
from .publishing import publish, request_thumbnail


@admin.register(Note)
class NoteAdmin(admin.ModelAdmin):
    form = NoteForm
    list_display = ["text", "author", "created_at", "has_thumbnail"]
    list_filter = ["created_at"]
    list_select_related = ["author"]
    search_fields = ["text", "author__username"]
    actions = ["make_thumbnails"]

    def get_readonly_fields(self, request: HttpRequest, obj: Note | None = None) -> list[str]:
        return ["picture", "thumbnail", "author", "created_at"] if obj else []

    def save_model(self, request: HttpRequest, obj: Note, form: Any, change: bool) -> None:
        if change:
            obj.save()
        else:
            obj.author = request.user
            publish(obj)

    @admin.display(boolean=True, description="thumbnail")
    def has_thumbnail(self, note: Note) -> bool:
        return bool(note.thumbnail)

    @admin.action(description="Make missing thumbnails")
    def make_thumbnails(self, request: HttpRequest, queryset: QuerySet[Note]) -> None:
        notes = queryset.filter(thumbnail="")
        for note in notes:
            request_thumbnail(note)
        self.message_user(request, f"{len(notes)} thumbnails were asked for.", messages.SUCCESS)
