from functools import partial

import pytest
from django.core.files.storage import default_storage

from notes.models import Note
from notes.tasks import make_thumbnail

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(member, upload, bucket, django_capture_on_commit_callbacks):
    """Fills in the form; with `commit`, what waits for the commit happens, too."""

    def post(text="A note", file=None, commit=True):
        with django_capture_on_commit_callbacks(execute=commit):
            return member.post("/notes/add/", {"text": text, "picture": file or upload()}, follow=True)

    return post


def test_the_home_page_is_public(site):
    answer = site.get("/")
    assert answer.status_code == 200
    assert "No notes yet" in answer.content.decode()


def test_adding_a_note_asks_for_a_login_first(site):
    answer = site.get("/notes/add/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=/notes/add/")
    assert site.post("/notes/add/", {"text": "x"}).status_code == 302
    assert Note.objects.count() == 0


def test_a_login_leads_to_where_one_wanted_to_go(site, user):
    form = {"username": "ada", "password": "a-long-password", "next": "/notes/add/"}
    assert site.post("/accounts/login/", form).headers["Location"] == "/notes/add/"
    assert site.post("/accounts/login/", {**form, "next": "https://evil.example/"}).headers["Location"] == "/"


def test_logging_out_ends_the_session(member):
    assert "Log in" in member.post("/accounts/logout/", follow=True).content.decode()
    assert member.get("/notes/add/").status_code == 302


def test_a_note_is_shown_with_its_author_and_its_thumbnail(add, bucket):
    page = add("Frost on the pond").content.decode()
    note = Note.objects.get()
    assert "Your note is up." in page
    assert (note.text, note.author.username) == ("Frost on the pond", "ada")
    assert {item.key for item in bucket.objects.all()} == {note.picture.name, note.thumbnail.name}
    page = add("Another").content.decode()
    assert "Frost on the pond" in page and f"/media/{note.thumbnail.name}" in page


def test_the_page_shows_the_picture_until_there_is_a_thumbnail(add, member):
    add(commit=False)
    note = Note.objects.get()
    assert not note.thumbnail
    assert f'src="/media/{note.picture.name}"' in member.get("/").content.decode()


def test_the_clients_file_name_is_forgotten(add, upload):
    add(file=upload(name="../../passwd<script>.png"))
    assert Note.objects.get().picture.name.removeprefix("pictures/").removesuffix(".webp").isalnum()


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"<svg onload=alert(1)>", "This is not a picture that can be read"),
        (b"\0" * (5 * 1024 * 1024 + 1), "at most 5 MB are accepted"),
    ],
    ids=["no-picture", "too-large"],
)
def test_a_hostile_upload_is_answered_in_the_form(add, upload, bucket, content, error):
    answer = add(file=upload(content))
    assert answer.status_code == 200
    assert error in answer.content.decode()
    assert (Note.objects.count(), list(bucket.objects.all())) == (0, [])


@pytest.mark.parametrize("text", ["", "x" * 281], ids=["none", "too-long"])
def test_a_note_needs_a_text_of_some_length(add, text):
    assert "errorlist" in add(text).content.decode()
    assert Note.objects.count() == 0


def test_a_text_is_never_markup(add):
    add("<script>alert(1)</script>")
    assert "<script>alert(1)" not in add().content.decode()


def test_a_request_that_is_too_large_is_refused_before_it_is_read(member, upload, settings, caplog):
    settings.MAX_REQUEST_BYTES = 1024
    answer = member.post("/notes/add/", {"text": "x", "picture": upload(b"\0" * 2000)})
    assert answer.status_code == 400
    assert "at most 1024 are accepted" in caplog.text


def test_a_broker_that_is_away_costs_the_thumbnail_only(add, queued, caplog, monkeypatch):
    nobody = queued.connection("rediss://127.0.0.1:1/1")
    monkeypatch.setattr(make_thumbnail, "apply_async", partial(make_thumbnail.apply_async, connection=nobody))
    slept: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", slept.append)
    answer = add()
    assert "Your note is up." in answer.content.decode()
    assert not Note.objects.get().thumbnail
    assert "Connection refused" in caplog.text
    assert slept == []  # its author does not wait for a second try


def test_notes_come_newest_first_in_pages(site, user):
    Note.objects.bulk_create(
        Note(text=f"note {n:02}", picture=f"pictures/{n:032x}.webp", author=user) for n in range(14)
    )
    first, second = (site.get(f"/?page={n}").content.decode() for n in (1, 2))
    assert "note 13" in first and "note 02" in first and "note 01" not in first
    assert "note 01" in second and "Page 2 of 2" in second
    assert "Page 2 of 2" in site.get("/?page=99").content.decode()
    assert site.get("/?page=x").status_code == 200


def test_a_deleted_note_takes_its_files_along(add, bucket, django_capture_on_commit_callbacks):
    add()
    with django_capture_on_commit_callbacks(execute=True):
        Note.objects.all().delete()
    assert list(bucket.objects.all()) == []


def test_the_admin_adds_a_note_the_same_way(site, admin_user, bucket, upload, django_capture_on_commit_callbacks):
    site.force_login(admin_user)
    with django_capture_on_commit_callbacks(execute=True):
        site.post("/admin/notes/note/add/", {"text": "From the admin", "picture": upload()})
    note = Note.objects.get()
    assert (note.author, bool(note.thumbnail)) == (admin_user, True)
    page = site.get(f"/admin/notes/note/{note.pk}/change/").content.decode()
    assert f'href="/media/{note.picture.name}"' in page


def test_the_admin_refuses_a_hostile_picture(site, admin_user, bucket, upload):
    site.force_login(admin_user)
    answer = site.post("/admin/notes/note/add/", {"text": "x", "picture": upload(b"<svg>")})
    assert "This is not a picture that can be read" in answer.content.decode()


def test_the_admin_changes_a_text_and_leaves_the_picture(site, admin_user, add):
    add("Before")
    note = Note.objects.get()
    site.force_login(admin_user)
    site.post(f"/admin/notes/note/{note.pk}/change/", {"text": "After"})
    assert (Note.objects.get().text, Note.objects.get().picture.name) == ("After", note.picture.name)


def test_the_admin_asks_again_for_missing_thumbnails(site, admin_user, add, django_capture_on_commit_callbacks):
    add(commit=False)
    site.force_login(admin_user)
    action = {"action": "make_thumbnails", "_selected_action": [Note.objects.get().pk]}
    with django_capture_on_commit_callbacks(execute=True):
        site.post("/admin/notes/note/", action)
    assert default_storage.exists(Note.objects.get().thumbnail.name)
