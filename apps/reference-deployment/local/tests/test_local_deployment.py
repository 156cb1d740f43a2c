from settings import DUMMY_KEYS


def test_children_see_nothing_of_the_users_aws(deployment):
    users = {
        "AWS_PROFILE": "work",
        "AWS_SESSION_TOKEN": "t",
        "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_ENDPOINT_URL": "https://example.com",
        "CDK_DEFAULT_ACCOUNT": "999999999999",
        "PATH": "/usr/bin",
        "LANG": "C.UTF-8",
    }
    seen = deployment.child_environment(users)
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3", "CDK_DEFAULT_ACCOUNT"} & seen.keys()
    assert seen["AWS_ENDPOINT_URL"] == deployment.endpoint == "http://127.0.0.1:14577"
    assert seen["AWS_ACCESS_KEY_ID"] == DUMMY_KEYS["AWS_ACCESS_KEY_ID"]
    assert seen["AWS_CONFIG_FILE"] == seen["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert seen["LANG"] == "C.UTF-8"
    assert seen["HOME"].startswith(str(deployment.folder))
