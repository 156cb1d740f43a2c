"""Every moment at which a rotation can meet an attempt to connect: one scripted step after the other, without a clock."""

import itertools
import json
import threading
from types import SimpleNamespace

import psycopg
import pytest
from botocore.exceptions import ClientError

from ops.database import base

ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:site/database-a1b2c3"
REFUSAL = 'FATAL:  password authentication failed for user "user"'
READ = ["read AWSPENDING", "read AWSCURRENT"]


def text(login) -> str:
    return json.dumps({"username": "u", "password": login})


class World:
    """A database and its secret, whose password is rotated in the steps of AWS's function; logins are numbers."""

    def __init__(self, keeps_label: bool = False):
        self.accepted: int | str = 0
        self.secret = {"AWSCURRENT": text(0)}
        self.acts: list[str] = []
        self.sets = 0
        self.before: list[int] = []
        self._keeps_label = keeps_label
        self._steps = self._rotate()

    def _rotate(self):
        for login in itertools.count(1):
            yield self.secret.update(AWSPENDING=text(login))
            self.sets += 1
            self.accepted = login
            yield
            self.secret["AWSCURRENT"] = text(login)
            if not self._keeps_label:
                del self.secret["AWSPENDING"]
            yield

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            next(self._steps)

    def connect(self, params):
        self._act(f"connect {params['password']}")
        if params["password"] != self.accepted:
            raise psycopg.OperationalError(REFUSAL)
        return params["password"]

    def get_secret_value(self, SecretId, VersionStage):
        self._act(f"read {VersionStage}")
        assert SecretId == ARN
        if VersionStage not in self.secret:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetSecretValue")
        return {"SecretString": self.secret[VersionStage]}

    def _act(self, name: str) -> None:
        """One act of the engine; `before` says how many steps of a rotation come before each act."""
        self.step(self.before.pop(0) if self.before else 0)
        self.acts.append(name)


@pytest.fixture
def attempt(monkeypatch):
    """Connects in a world, as a process that was started with its login 0 and an engine that knows nothing else."""

    def connect(world: World):
        monkeypatch.setattr(base.base.DatabaseWrapper, "get_new_connection", world.connect)
        monkeypatch.setattr(base.boto3.session, "Session", lambda: SimpleNamespace(client=lambda *_, **__: world))
        wrapper = base.DatabaseWrapper({"USER": "u", "PASSWORD": 0, "SECRET_ARN": ARN}, "scripted")
        return wrapper.get_new_connection({"user": "u", "password": 0}), wrapper.settings_dict["PASSWORD"]

    return connect


PREPARED, SET, DONE = 1, 2, 3  # steps of a rotation

# Steps before the attempt, before each of its acts, and the logins that it tries.
WINDOWS = {
    "no rotation": (0, [], [0]),
    "prepared": (PREPARED, [], [0]),
    "half done": (SET, [], [0, 1]),
    "done": (DONE, [], [0, 1]),
    "set before the first connection": (PREPARED, [1], [0, 1]),
    "done between refusal and reads": (SET, [0, 1], [0, 1]),
    "done between the reads": (SET, [0, 0, 1], [0, 1]),
    "half done, for the second time": (DONE + SET, [], [0, 1, 2]),
    "half done again after the reads": (DONE, [0, 0, 0, SET], [0, 1, 2]),
    "done again after the reads": (DONE, [0, 0, 0, DONE], [0, 1, 2]),
    "half done for the second time, and again after the reads": (DONE + SET, [0, 0, 0, DONE], [0, 1, 2, 3]),
}


@pytest.mark.parametrize(("at_first", "before", "tried"), WINDOWS.values(), ids=WINDOWS)
def test_the_login_of_the_moment_is_found(attempt, at_first, before, tried):
    world = World()
    world.step(at_first)
    world.before = list(before)
    login, kept = attempt(world)
    assert world.acts == ["connect 0", *(act for other in tried[1:] for act in (*READ, f"connect {other}"))]
    assert login == kept == world.accepted


def next_way(before: list[int], acts: int, steps: int) -> list[int] | None:
    """The way after `before` in which that many steps can fall between the acts of an attempt, of which there were `acts`."""
    following = before + [0] * (acts - len(before))
    while following and sum(following) == steps:
        following.pop()
    if not following:
        return None
    following[-1] += 1
    return following


@pytest.mark.parametrize("keeps_label", [False, True], ids=["label-removed", "label-kept"])
def test_two_rotations_may_take_any_step_at_any_moment_of_an_attempt(attempt, keeps_label):
    most = 0
    for at_first in range(2 * DONE):
        before: list[int] | None = []
        while before is not None:
            world = World(keeps_label)
            world.step(at_first)
            sets, world.before = world.sets, list(before)
            assert set(attempt(world)) == {world.accepted}
            tried = [act for act in world.acts if act.startswith("connect")]
            assert len(set(tried)) == len(tried) <= 1 + 2 + world.sets - sets
            most = max(most, len(tried))
            before = next_way(before, len(world.acts), 2 * DONE)
    assert most == base.MAX_REFUSALS  # one less would not do


def test_rotations_without_an_end_are_given_up(attempt):
    world = World()
    world.before = [DONE] + [0, 0, DONE] * base.MAX_REFUSALS
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        attempt(world)
    connections = [f"connect {login}" for login in range(base.MAX_REFUSALS)]
    assert [act for act in world.acts if act.startswith("connect")] == connections
    assert world.acts[-1] == connections[-1]  # and the secret is not read in vain


def test_a_wrong_secret_costs_one_read_of_each_stage(attempt, caplog):
    world = World()
    world.accepted = "another"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        attempt(world)
    assert world.acts == ["connect 0", *READ]
    assert "its secret has no other: AWSPENDING: ResourceNotFoundException" in caplog.text


def test_a_wrong_secret_whose_rotation_was_given_up_is_tried_once(attempt, caplog):
    world = World()
    world.accepted = "another"
    world.secret["AWSPENDING"] = text("never set")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        attempt(world)
    assert world.acts == ["connect 0", *READ, "connect never set", *READ]
    assert "its secret has no other: what it holds was refused, too" in caplog.text


@pytest.mark.parametrize("prepared", ["", "no JSON", "[]", "{}", '{"username": "u"}'])
def test_a_prepared_login_that_cannot_be_read_does_no_harm(attempt, prepared):
    world = World()
    world.step(DONE)
    world.secret["AWSPENDING"] = prepared
    assert attempt(world) == (1, 1)


def test_no_thread_reads_the_user_of_one_login_and_the_password_of_another():
    """One thread keeps a login while another is between reading the user and the password of the former one."""

    class Settings(dict):
        keeping: threading.Thread | None = None

        def __getitem__(self, name):
            if name == "PASSWORD" and self.keeping is None:
                self.keeping = threading.Thread(target=wrapper._keep, args=({"user": "new", "password": "new"},))
                self.keeping.start()
                self.keeping.join(0.2)  # as long as it takes where nothing makes it wait
            return super().__getitem__(name)

    settings = {"NAME": "site", "USER": "old", "PASSWORD": "old", "HOST": "", "PORT": "", "OPTIONS": {}}
    wrapper = base.DatabaseWrapper(Settings(settings, TIME_ZONE=None), "scripted")
    params = wrapper.get_connection_params()
    assert (params["user"], params["password"]) == ("old", "old")
    wrapper.settings_dict.keeping.join()
    params = wrapper.get_connection_params()
    assert (params["user"], params["password"]) == ("new", "new")
