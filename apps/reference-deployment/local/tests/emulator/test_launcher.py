import pytest

from emulator import __main__ as launcher


def test_another_ministack_is_refused():
    with pytest.raises(SystemExit, match=r"written for ministack 1\.5\.33, found 1\.5\.34"):
        launcher.check_ministack("1.5.34")


def test_a_name_that_ministack_no_longer_has_is_refused(monkeypatch):
    monkeypatch.setitem(launcher.PRIVATE, "ministack.services.ecs", ("_gone",))
    with pytest.raises(SystemExit, match=r"lacks names .* ministack\.services\.ecs\._gone"):
        launcher.check_ministack()


def test_every_name_that_is_replaced_is_checked_at_start():
    for module, name, _ in launcher.replacements():
        assert name in launcher.PRIVATE[module.__name__]
