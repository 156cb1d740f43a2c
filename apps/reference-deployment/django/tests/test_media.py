import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

NAME = f"pictures/{'0a' * 16}.webp"


@pytest.fixture
def stored(bucket):
    default_storage.save(NAME, ContentFile(b"the picture"))


@pytest.fixture
def secret(bucket):
    default_storage.save("private.txt", ContentFile(b"secret"))
    default_storage.save("pictures/other.html", ContentFile(b"<script>"))


def test_a_picture_comes_with_headers_that_keep_it_harmless(site, stored):
    answer = site.get(f"/media/{NAME}")
    assert b"".join(answer) == b"the picture"
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["Content-Length"] == "11"
    assert answer.streaming


def test_a_picture_that_is_not_there_is_not_found(site, bucket):
    assert site.get(f"/media/{NAME}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "private.txt",
        "pictures/other.html",
        "pictures/",
        "",
        "../manage.py",
        "pictures/../private.txt",
        "pictures/..%2fprivate.txt",
        "pictures/%2e%2e/private.txt",
        "/etc/passwd",
        f"{NAME}%0a",
        f"{NAME}/../../private.txt",
        f"{NAME.upper()}",
        f"thumbnails/{NAME}",
    ],
)
def test_no_path_leads_to_anything_else(site, secret, path):
    assert site.get(f"/media/{path}").status_code == 404


def test_a_picture_is_only_read(site, stored):
    assert site.post(f"/media/{NAME}").status_code == 405
    assert site.head(f"/media/{NAME}").status_code == 200


def test_a_file_is_written_over_and_never_beside_itself(stored, bucket):
    assert default_storage.save(NAME, ContentFile(b"again")) == NAME
    assert [item.key for item in bucket.objects.all()] == [NAME]


def test_an_address_is_the_sites_own(stored):
    assert default_storage.url(NAME) == f"/media/{NAME}"
