import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from notes.pictures import MAX_BYTES, PICTURE_SIZE, clean_picture, picture_name, thumbnail_name

GPS = 0x8825
ORIENTATION = 0x0112


def cleaned(content: bytes) -> Image.Image:
    return Image.open(clean_picture(SimpleUploadedFile("x.png", content)))


def refusal(content: bytes) -> str:
    with pytest.raises(ValidationError) as error:
        clean_picture(SimpleUploadedFile("x.png", content))
    return error.value.code


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_comes_out_as_webp(picture, format):
    image = cleaned(picture(format))
    assert (image.format, image.size) == ("WEBP", (64, 48))


def test_a_large_picture_comes_out_smaller_in_the_same_shape(picture):
    assert cleaned(picture("JPEG", size=(3200, 1600))).size == (PICTURE_SIZE[0], PICTURE_SIZE[0] // 2)


def test_transparency_stays():
    output = io.BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 64)).save(output, "PNG")
    assert cleaned(output.getvalue()).getpixel((4, 4))[3] == 64


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16"])
def test_any_kind_of_pixels_is_understood(picture, mode):
    content = picture(mode="RGB") if mode == "I;16" else None
    if content is None:
        output = io.BytesIO()
        Image.new("L", (8, 8)).convert(mode).save(output, "PNG")
        content = output.getvalue()
    assert cleaned(content).format == "WEBP"


def test_metadata_is_left_out_and_the_picture_turned_upright(picture):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    image = cleaned(picture("JPEG", exif=exif))
    assert image.size == (48, 64)
    assert dict(image.getexif()) == {}


def test_what_hangs_behind_a_picture_is_left_out(picture):
    script = b"<script>alert(1)</script>"
    content = clean_picture(SimpleUploadedFile("x.jpg", picture("JPEG", comment=script) + script)).read()
    assert b"script" not in content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
        b"RIFF\x04\0\0\0WEBP",
    ],
    ids=["empty", "svg", "html", "postscript", "broken-png", "broken-webp"],
)
def test_what_is_no_picture_is_refused(content):
    assert refusal(content) == "unreadable"


@pytest.mark.parametrize("format", ["GIF", "BMP", "TIFF", "ICO"])
def test_other_formats_are_refused(picture, format):
    assert refusal(picture(format)) == "unreadable"


def test_half_a_picture_is_refused():
    noise = io.BytesIO()
    Image.effect_noise((256, 256), 80).save(noise, "PNG")
    assert refusal(noise.getvalue()[: len(noise.getvalue()) // 2]) == "unreadable"


def test_more_pixels_than_memory_allows_are_refused_before_they_are_decoded():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 50000, 50000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    assert refusal(bomb) in ("too_many_pixels", "unreadable")
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 5000, 5000, 8, 2, 0, 0, 0))
    assert refusal(bomb[:8] + header + bomb[8 + len(header) :]) == "too_many_pixels"


def test_a_file_that_is_too_large_is_refused_before_it_is_opened():
    assert refusal(b"\0" * (MAX_BYTES + 1)) == "too_large"


def test_names_are_random_and_a_thumbnails_follows_from_its_pictures():
    name = picture_name(None, "../../etc/passwd.php")
    assert name != picture_name(None, "../../etc/passwd.php")
    assert thumbnail_name(name) == name.replace("pictures/", "thumbnails/")
