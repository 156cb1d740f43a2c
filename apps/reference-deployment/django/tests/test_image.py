import json
import re
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

DJANGO = Path(__file__).resolve().parent.parent
LINES = (DJANGO / "Dockerfile").read_text().replace("\\\n", " ").splitlines()


def arguments(instruction: str, lines=LINES) -> list[str]:
    return [line.split(maxsplit=1)[1] for line in lines if line.startswith(f"{instruction} ")]


def last_stage() -> list[str]:
    start = max(n for n, line in enumerate(LINES) if line.startswith("FROM "))
    return LINES[start:]


def test_the_stages_are_base_deps_build_and_runtime():
    assert [line.split(" AS ")[1] for line in arguments("FROM")] == ["base", "deps", "build", "runtime"]


def test_the_base_image_is_an_argument_with_a_full_name_and_no_floating_tag():
    assert arguments("ARG") == ["PYTHON_IMAGE=docker.io/library/python:3.13-slim-trixie"]
    assert arguments("FROM")[0].startswith("${PYTHON_IMAGE}")


def test_the_user_is_a_number_and_has_no_rights():
    assert arguments("USER", last_stage()) == ["10001:10001"]
    assert any("chmod a-s" in line for line in arguments("RUN", last_stage()))


def test_the_command_is_a_program_and_not_a_shell():
    assert json.loads(arguments("CMD", last_stage())[0]) == ["gunicorn", "config.wsgi:application"]
    assert not arguments("ENTRYPOINT")


def test_no_secret_no_index_and_no_certificate_is_named():
    text = "\n".join(line for line in LINES if not line.startswith("#"))
    assert not re.search(r"https?://|index-url|SECRET_KEY|PASSWORD|TOKEN", text, re.I)
    assert re.findall(r"--mount=(\S+)", text) == ["type=secret,id=ca,target=/run/secrets/ca.crt"]


def test_packages_are_checked_by_their_hashes():
    (install,) = [line for line in arguments("RUN") if "pip install" in line]
    assert "--require-hashes" in install and "--only-binary :all:" in install


def test_nothing_is_used_that_older_builders_refuse():
    assert not [line for line in LINES if re.search(r"<<|--link|--checksum", line)]


def test_the_settings_are_those_of_production():
    assert any("DJANGO_SETTINGS_MODULE=config.settings.production" in line for line in arguments("ENV", last_stage()))


def test_the_build_context_is_a_list_of_what_belongs_in():
    first, *rest = (DJANGO / ".dockerignore").read_text().split()
    assert first == "**"
    allowed = {entry.removeprefix("!").removesuffix("/**") for entry in rest if entry.startswith("!")}
    assert allowed == {
        "manage.py",
        "gunicorn.conf.py",
        "requirements.txt",
        "config",
        "ops",
        "notes",
        "docker/rds-global-bundle.pem",
    }


def test_the_databases_authorities_hold_for_another_year():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(DJANGO / "docker" / "rds-global-bundle.pem")
    found: list[dict[str, Any]] = context.get_ca_certs()
    names = {dict(pair[0] for pair in certificate["subject"])["commonName"] for certificate in found}
    assert len(found) == 86
    assert "Amazon RDS eu-central-1 Root CA RSA2048 G1" in names
    assert (
        min(ssl.cert_time_to_seconds(certificate["notAfter"]) for certificate in found) > time.time() + 365 * 24 * 3600
    )


def test_requirements_are_pinned_hashed_and_the_same_in_the_image_and_in_the_tests():
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (DJANGO / name).read_text(), re.M))

    image, tests = pins("requirements.txt"), pins("requirements-test.txt")
    assert image.items() <= tests.items()
    assert "http" not in (DJANGO / "requirements.txt").read_text()
    wanted = set(re.findall(r"^[a-z0-9-]+", (DJANGO / "requirements.in").read_text(), re.M))
    assert wanted <= image.keys()


def test_what_the_image_imports_is_among_its_requirements():
    code = "import django; django.setup(); import config.celery, notes.tasks, storages, PIL, psycopg, redis, hiredis"
    done = subprocess.run([sys.executable, "-c", code], cwd=DJANGO, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
