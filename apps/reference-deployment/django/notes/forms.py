from typing import Any

from django import forms
from django.core.files.base import ContentFile

from .models import Note
from .pictures import FORMATS, clean_picture


class PictureField(forms.FileField):
    """In place of Django's own ImageField, which lets every decoder of Pillow look at the upload."""

    widget = forms.FileInput(attrs={"accept": ",".join(f"image/{name.lower()}" for name in FORMATS)})

    def to_python(self, data: Any) -> ContentFile | None:
        upload = super().to_python(data)
        return upload and clean_picture(upload)


class NoteForm(forms.ModelForm):
    picture = PictureField(help_text="JPEG, PNG or WebP, 5 MB at most.")

    class Meta:
        model = Note
        fields = ["text", "picture"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
