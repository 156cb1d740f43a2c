import re

import pytest

from emulator import resource_types
from settings import LOCAL

README = (LOCAL / "README.md").read_text()


def test_a_type_that_ministack_has_is_not_added_again():
    with pytest.raises(SystemExit, match="this MiniStack has the type itself"):
        resource_types.added("AWS::SNS::Topic", "sns", lambda api, p, name: (name, {}), note="")


def test_the_readme_lists_exactly_the_types_that_are_ours():
    rows = re.findall(r"^\| `(AWS::\S+)` \| (.+?) \| (.+?) \|$", README, re.MULTILINE)
    assert rows == sorted((ours.type, ours.kind, ours.note) for ours in resource_types.RESOURCE_TYPES)


def test_our_types_run_on_a_worker_thread():
    assert resource_types.runs_on_worker_thread("AWS::EC2::EIP")
    assert not resource_types.runs_on_worker_thread("AWS::SNS::Topic")
