import pytest

from emulator import cloudfront


@pytest.mark.parametrize(
    "name, covered",
    [("www.example.com", True), ("*.example.com", True), ("example.com", False), ("*.www.example.com", False)],
)
def test_a_star_in_a_certificate_stands_for_one_part_of_a_name(name, covered):
    assert cloudfront.covers(name, "WWW.example.com:443") == covered
