from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from .pictures import picture_name


class Note(models.Model):
    text = models.CharField(max_length=280)
    picture = models.ImageField(upload_to=picture_name)
    # Empty until a worker has made it.
    thumbnail = models.ImageField(blank=True, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.text


@receiver(post_delete, sender=Note)
def delete_files(instance: Note, **_kwargs: Any) -> None:
    for name in filter(None, (instance.picture.name, instance.thumbnail.name)):
        transaction.on_commit(partial(default_storage.delete, name), robust=True)
