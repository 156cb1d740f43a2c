import logging
from datetime import timedelta

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.utils import timezone
from PIL import Image

from config.celery import app

from .models import Note
from .pictures import FORMATS, THUMBNAIL_SIZE, resized, thumbnail_name

logger = logging.getLogger(__name__)

# A note this old whose thumbnail is missing has lost its task; one much older has a picture that cannot be read.
LATE, HOPELESS = timedelta(minutes=1), timedelta(days=1)
AT_ONCE = 100


@app.task(
    autoretry_for=(BotoCoreError, ClientError, DatabaseError, OSError),
    retry_backoff=2,
    max_retries=5,
)
def make_thumbnail(note_id: int) -> None:
    """Can run any number of times: the file's name follows from the picture's, and writing it again replaces it."""
    note = Note.objects.filter(pk=note_id).first()
    if note is None:
        logger.info("Note %d is gone, no thumbnail is made", note_id)
        return
    if note.thumbnail:
        logger.info("Note %d has its thumbnail", note_id)
        return
    with default_storage.open(note.picture.name) as file:
        thumbnail = resized(Image.open(file, formats=FORMATS), THUMBNAIL_SIZE)
    name = default_storage.save(thumbnail_name(note.picture.name), thumbnail)
    if not Note.objects.filter(pk=note_id).update(thumbnail=name):
        default_storage.delete(name)  # the note was deleted meanwhile
    logger.info("Note %d got its thumbnail", note_id)


@app.task
def make_missing_thumbnails() -> None:
    """Sent by beat: asks again for thumbnails whose task never reached the broker."""
    now = timezone.now()
    missing = Note.objects.filter(thumbnail="", created_at__range=(now - HOPELESS, now - LATE))
    notes = list(missing.values_list("pk", flat=True)[:AT_ONCE])
    for note in notes:
        make_thumbnail.delay(note)
    logger.info("%d missing thumbnails were asked for", len(notes))
