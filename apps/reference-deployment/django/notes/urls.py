from django.urls import path, re_path

from . import views

urlpatterns = [
    path("favicon.ico", views.favicon),
    path("", views.home, name="home"),
    path("notes/add/", views.add, name="add"),
    re_path(r"^media/((?:pictures|thumbnails)/[0-9a-f]{32}\.webp)\Z", views.media, name="media"),
]
