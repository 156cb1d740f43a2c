"""The database's password is changed while the process runs."""

import json
import threading
from http.client import HTTPException

import pytest
from django.db import OperationalError, connection, connections
from psycopg import sql

from config import env
from ops.database import base
from tests.login import Login
from tests.processes import wait_for
from tests.web import Web


@pytest.fixture
def login(_object_store):
    login = Login()
    users = [login.user]
    yield login
    for user in {*users, login.user}:
        login.server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [user]
        ).fetchall()
        login.server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(user)))
    login.server.close()


@pytest.fixture
def database(db, login):
    """Makes connections as a process has them that started with the login's first password."""
    started_with = {"USER": login.user, "PASSWORD": login.password, "NAME": env.database()["NAME"]}
    settings = {**connections["default"].settings_dict, **started_with, "SECRET_ARN": login.arn}
    opened = []

    def connect():
        opened.append(base.DatabaseWrapper(settings, "rotated"))
        return opened[-1]

    yield connect
    for wrapper in opened:
        wrapper.close()


@pytest.fixture
def asked(monkeypatch):
    """How often the secret was read."""
    calls = []
    read = base.DatabaseWrapper._other_login

    def read_and_count(*given):
        calls.append(given)
        return read(*given)

    monkeypatch.setattr(base.DatabaseWrapper, "_other_login", read_and_count)
    return calls


def current_user(database) -> str:
    with database.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


@pytest.fixture
def web(login, start, tmp_path):
    """gunicorn, started with the login's first password."""
    return Web(start, tmp_path, DATABASE_SECRET=login.secret(), DATABASE_SECRET_ARN=login.arn)


def test_the_site_goes_on_answering_without_a_restart(login, web):
    statuses = [web.get("/readyz").status]
    login.change()
    login.end_connections()
    statuses += [web.get("/readyz").status for _ in range(8)]
    assert statuses == [200] * 9, web.output.read_text()


@pytest.fixture
def visitors(web):
    """Two visitors, who ask `/readyz` again as soon as they are answered: what each was answered so far."""
    answers: tuple[list[int | Exception], ...] = ([], [])
    leaving = threading.Event()

    def visit(mine):
        while not leaving.is_set():
            try:
                mine.append(web.get("/readyz").status)
            except (OSError, HTTPException) as problem:
                mine.append(problem)

    threads = [threading.Thread(target=visit, args=(mine,)) for mine in answers]
    for thread in threads:
        thread.start()
    yield answers
    leaving.set()
    for thread in threads:
        thread.join()


def test_no_request_fails_while_the_password_is_rotated_again_and_again(login, web, visitors):
    def after_two_more_answers_each():
        """The second is to a request that began after this: none sees more than two steps, however slow it is."""
        seen = [len(answers) for answers in visitors]
        wait_for(lambda: all(len(answers) >= before + 2 for answers, before in zip(visitors, seen, strict=True)))

    for _ in range(5):
        login.rotate(meanwhile=after_two_more_answers_each)
        after_two_more_answers_each()
    assert {status for answers in visitors for status in answers} == {200}, web.output.read_text()
    taken_over = [line for line in web.lines() if "the secret was read again" in line["message"]]
    assert len(taken_over) >= 5


def test_an_open_connection_is_not_disturbed(login, database, asked):
    open_one = database()
    assert current_user(open_one) == login.user
    login.change()
    assert current_user(open_one) == login.user
    assert asked == []


def test_the_secret_is_read_once_for_all_connections_of_a_process(login, database, asked):
    login.change()
    assert [current_user(database()) for _ in range(3)] == [login.user] * 3
    assert len(asked) == 1


def test_another_user_is_taken_over_with_its_password(login, database):
    first = login.user
    login.change(user=f"{first}_clone")
    login.server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(first)))
    assert current_user(database()) == f"{first}_clone"


def test_a_rotation_that_is_half_done_is_taken_over(login, database):
    login.change_in_database_only()
    login.store.put_secret_value(SecretId=login.arn, SecretString=login.login_json(), VersionStages=["AWSPENDING"])
    assert current_user(database()) == login.user


def test_a_rotation_that_was_given_up_does_no_harm(login, database):
    started_with = login.secret()
    pending = json.dumps({"username": login.user, "password": "never set"})
    login.store.put_secret_value(SecretId=login.arn, SecretString=pending, VersionStages=["AWSPENDING"])
    login.change_in_database_only()
    with pytest.raises(OperationalError, match="password authentication failed"):
        current_user(database())
    login.password = json.loads(started_with)["password"]
    login.sql("ALTER ROLE {user} PASSWORD {password}")
    assert current_user(database()) == login.user


def test_a_secret_that_is_wrong_itself_is_read_once_and_the_refusal_is_told(login, database, asked):
    login.change_in_database_only()
    with pytest.raises(OperationalError, match="password authentication failed"):
        current_user(database())
    assert len(asked) == 1


def test_a_second_refusal_is_told_when_the_secret_has_no_third_login(login, database, asked):
    login.change()
    login.change_in_database_only()
    with pytest.raises(OperationalError, match="password authentication failed"):
        current_user(database())
    assert len(asked) == 2


def test_rotations_that_come_between_are_followed(login, database, asked, monkeypatch):
    """The password moves on after the secret was read and before the connection is tried, three times."""
    read = base.DatabaseWrapper._other_login
    moves = iter([True, True, True])

    def read_and_move(*given):
        found = read(*given)
        if next(moves, False):
            login.change()
        return found

    login.change()
    monkeypatch.setattr(base.DatabaseWrapper, "_other_login", read_and_move)
    assert current_user(database()) == login.user
    assert len(asked) == 4


def test_the_refusal_is_told_when_the_secret_cannot_be_read(login, database, caplog):
    login.change()
    refused = database()
    refused.settings_dict["SECRET_ARN"] = f"{login.arn}-of-another"
    with pytest.raises(OperationalError, match="password authentication failed"):
        current_user(refused)
    assert "its secret has no other: AWSPENDING: ResourceNotFoundException, AWSCURRENT: " in caplog.text
    assert login.password not in caplog.text


def test_the_refusal_is_told_when_secrets_manager_is_away(login, database, monkeypatch, caplog):
    login.change()
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:9")
    with pytest.raises(OperationalError, match="password authentication failed"):
        current_user(database())
    assert "its secret has no other: EndpointConnectionError" in caplog.text


def test_one_of_several_replicas_answers_and_is_reached_with_the_new_password(login, database):
    # The first name leads nowhere, so the second one must.
    replicas = database()
    replicas.settings_dict |= {"HOST": "nowhere.invalid,localhost"}
    replicas.settings_dict["OPTIONS"] = {**replicas.settings_dict["OPTIONS"], "load_balance_hosts": "random"}
    login.change()
    assert current_user(replicas) == login.user


def test_another_failure_does_not_read_the_secret(login, database, asked):
    lost = database()
    lost.settings_dict["PORT"] = "1"
    with pytest.raises(OperationalError, match="refused"):
        current_user(lost)
    assert asked == []


@pytest.mark.parametrize(
    "message",
    [
        'FATAL:  password authentication failed for user "django"',
        "FATAL:  The password that was provided for the role django is wrong.",
        "FATAL:  This RDS proxy has no credentials for the role django.",
    ],
)
def test_the_words_of_a_refusal_are_known(message):
    assert base.REFUSED.search(message)


def test_the_engine_is_still_postgresql_to_django():
    assert (connection.vendor, type(connections["default"])) == ("postgresql", base.DatabaseWrapper)
