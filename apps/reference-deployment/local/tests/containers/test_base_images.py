from containers import base_images


def test_a_stand_in_is_remade_when_it_or_its_base_changes(tmp_path, monkeypatch):
    for name in ("python", "valkey"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Dockerfile").write_text(name)
    monkeypatch.setattr(base_images, "STANDINS", tmp_path)
    python, valkey = base_images.wanted_label(base_images.PYTHON), base_images.wanted_label(base_images.VALKEY)
    (tmp_path / "valkey" / "Dockerfile").write_text("changed")
    assert base_images.wanted_label(base_images.PYTHON) == python
    assert base_images.wanted_label(base_images.VALKEY) != valkey
    (tmp_path / "python" / "Dockerfile").write_text("changed")
    assert base_images.wanted_label(base_images.PYTHON) != python


def test_a_registry_that_cannot_be_reached_is_noticed():
    assert base_images.accepts_connections("127.0.0.1", port=1, timeout=1) is False


def test_each_image_is_looked_for_at_its_own_registry():
    assert {image.registry for image in base_images.ALL} == {"registry-1.docker.io"}
    assert base_images.Image("quay.io/x/y:1", "python").registry == "quay.io"
