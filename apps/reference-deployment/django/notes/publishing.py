from functools import partial

from django.db import transaction

from .models import Note
from .tasks import make_thumbnail


def publish(note: Note) -> None:
    """Saves a note and has its thumbnail made.

    A broker that is away costs the thumbnail, not the note: the page shows the picture itself, until a periodic task
    asks again.
    """
    note.save()
    request_thumbnail(note)


def request_thumbnail(note: Note) -> None:
    # A worker must not look for a row before it can be seen.
    transaction.on_commit(partial(make_thumbnail.delay, note.pk), robust=True)
