from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from ops.static import hashed_file

urlpatterns = [
    path("", include("notes.urls")),
    path("accounts/login/", auth.LoginView.as_view(), name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
]

# With DEBUG, runserver answers for static files itself, straight from the source folders.
if not settings.DEBUG:
    urlpatterns.append(path("static/<path:name>", hashed_file))
