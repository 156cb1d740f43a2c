import os
from pathlib import Path

import pytest
from django.db import OperationalError, connection, connections

pytestmark = pytest.mark.django_db


@pytest.fixture
def another_connection():
    """A second connection with other options; the one of the test stays as it is."""
    opened = []

    def connect(host=None, **options):
        copy = connections["default"].copy()
        opened.append(copy)
        copy.settings_dict = {**copy.settings_dict, "HOST": host or copy.settings_dict["HOST"]}
        copy.settings_dict["OPTIONS"] = {**copy.settings_dict["OPTIONS"], **options}
        copy.ensure_connection()
        return copy

    yield connect
    for copy in opened:
        copy.close()


def test_the_connection_is_encrypted():
    with connection.cursor() as cursor:
        cursor.execute("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        assert cursor.fetchone() == (True, "TLSv1.3")


def test_the_server_is_the_one_of_the_images():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) // 10000 == 17


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("statement_timeout", "15s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "30s"),
        ("application_name", "django-web"),
        ("TimeZone", "UTC"),
    ],
)
def test_the_server_applies_what_the_settings_ask_for(another_connection, production, parameter, value):
    limits = production()["DATABASES"]["default"]["OPTIONS"]["options"]
    with another_connection(options=limits).cursor() as cursor:
        cursor.execute(f"SHOW {parameter}")
        assert cursor.fetchone()[0] == value


def test_a_wrong_host_name_is_refused(another_connection):
    with pytest.raises(
        OperationalError, match=r'server certificate for "localhost" .*does not match host name "127.0.0.1"'
    ):
        another_connection(host="127.0.0.1")


def test_an_unknown_authority_is_refused(another_connection):
    other = Path(os.environ["SSL_CERT_FILE"]).with_name("other.crt")
    with pytest.raises(OperationalError, match="certificate verify failed"):
        another_connection(sslrootcert=str(other))


def test_a_connection_without_tls_is_refused(another_connection):
    with pytest.raises(OperationalError, match="no encryption"):
        another_connection(sslmode="disable")
