"""Turns whatever was uploaded into a WebP file that this process wrote itself, or refuses it."""

import io
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 16_000_000
PICTURE_SIZE = (1600, 1600)
THUMBNAIL_SIZE = (480, 480)


def picture_name(_note: Any, _filename: str) -> str:
    """A random name: nothing of what the client called its file is kept."""
    return f"pictures/{uuid.uuid4().hex}.webp"


def thumbnail_name(picture: str) -> str:
    """Follows from the picture's name, so that making a thumbnail twice makes one file."""
    return picture.replace("pictures/", "thumbnails/", 1)


def clean_picture(upload: UploadedFile) -> ContentFile:
    """The upload's pixels in a new file, without its metadata, no larger than `PICTURE_SIZE`."""
    if upload.size > MAX_BYTES:
        raise ValidationError(
            f"The picture has {upload.size / 1024**2:.1f} MB, at most {MAX_BYTES // 1024**2} MB are accepted.",
            code="too_large",
        )
    try:
        image = Image.open(upload, formats=FORMATS)
        # Known from the file's header; decoding is what costs memory.
        if image.width * image.height > MAX_PIXELS:
            raise ValidationError(
                f"The picture has {image.width} by {image.height} pixels, "
                f"at most {MAX_PIXELS // 1_000_000} million are accepted.",
                code="too_many_pixels",
            )
        return resized(image, PICTURE_SIZE)
    except ValidationError:
        raise
    except Exception as error:
        # Pillow's decoders fail with many types; each of them means the same to the sender.
        raise ValidationError(
            "This is not a picture that can be read: expected JPEG, PNG or WebP.", code="unreadable"
        ) from error


def resized(image: Image.Image, size: tuple[int, int]) -> ContentFile:
    image.draft("RGB", size)
    image = ImageOps.exif_transpose(image)
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail(size)
    output = io.BytesIO()
    image.save(output, "WEBP", quality=82)
    return ContentFile(output.getvalue(), name="picture.webp")
