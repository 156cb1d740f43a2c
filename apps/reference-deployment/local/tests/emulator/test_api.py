from emulator.api import camel, unique


def test_a_container_definition_gets_the_apis_names_and_keeps_its_data():
    definition = {
        "Secrets": [{"Name": "A", "ValueFrom": "arn"}],
        "LogConfiguration": {"LogDriver": "awslogs", "Options": {"Awslogs-Group": "g"}},
    }
    assert camel(definition) == {
        "secrets": [{"name": "A", "valueFrom": "arn"}],
        "logConfiguration": {"logDriver": "awslogs", "options": {"Awslogs-Group": "g"}},
    }


def test_a_long_name_is_cut_and_stays_different():
    one, other = (unique("DjangoSite", "SiteDatabaseInstance" + end, 27) for end in ("A", "B"))
    assert len(one) == 27
    assert one != other
