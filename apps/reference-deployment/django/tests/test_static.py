import json
import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage

HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


def addresses(page: str) -> set[str]:
    return set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/notes/add/", "/admin/", "/admin/notes/note/add/", "/admin/auth/user/add/"])
def test_every_static_file_of_a_page_is_there_for_good(site, admin_user, path):
    site.force_login(admin_user)
    found = addresses(site.get(path).content.decode())
    assert found
    for address in found:
        answer = site.get(address)
        assert answer.status_code == 200, address
        assert HASHED.search(address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_style_sheet_has_its_type_and_refers_to_hashed_files(site):
    answer = site.get(staticfiles_storage.url("admin/css/base.css"))
    assert answer.headers["Content-Type"] == "text/css"
    urls = re.findall(rb'url\("?([^")]+)', b"".join(answer))
    assert all(HASHED.search(url.decode()) for url in urls if not url.startswith((b"data:", b"#")))


@pytest.mark.parametrize(
    "path",
    [
        "/static/notes/site.css",
        "/static/staticfiles.json",
        "/static/notes/site.000000000000.css",
        "/static/../config/env.py",
        "/static/%2e%2e/manage.py",
        "/static//etc/passwd",
        "/static/",
    ],
)
def test_what_was_not_hashed_is_not_there(site, static_bucket, path):
    static_bucket.put_object(Key="static/notes/site.css", Body=b"published without a hash")
    assert site.get(path).status_code == 404


def test_a_file_of_another_release_comes_from_the_bucket(site, static_bucket):
    static_bucket.put_object(Key="static/notes/site.00000000beef.css", Body=b"a{}", ContentType="text/css")
    answer = site.get("/static/notes/site.00000000beef.css")
    assert (answer.status_code, b"".join(answer)) == (200, b"a{}")
    assert answer.headers["Content-Type"] == "text/css"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_static_file_is_only_read(site):
    address = staticfiles_storage.url("notes/site.css")
    assert site.post(address).status_code == 405
    assert site.head(address).status_code == 200


def test_the_manifest_knows_every_collected_file(settings):
    root = settings.STATIC_ROOT
    names = json.loads((root / "staticfiles.json").read_text())["paths"]
    assert {"notes/site.css", "notes/icon.svg", "admin/css/base.css"} <= set(names)
    assert all((root / hashed).is_file() for hashed in names.values())
