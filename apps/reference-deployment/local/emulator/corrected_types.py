"""Types that MiniStack has, but not as the stacks of this app need them."""

import string
from typing import Any

from emulator.api import Properties, call, camel, poll, unique
from emulator.resource_types import Made, Run, corrected

DATABASE_S = 300
# Its container's name is a host name, whose parts end at 63 characters; MiniStack puts 36 before the identifier.
LONGEST_IDENTIFIER = 27


def tagged_bucket(run: Run, p: Properties, stack: str, logical_id: str) -> Made:
    ref, attributes = run()
    if p.get("Tags"):
        call("s3", "put_bucket_tagging", Bucket=ref, Tagging={"TagSet": p["Tags"]})
    return ref, attributes


def network_with_cidr(run: Run, p: Properties, stack: str, logical_id: str) -> Made:
    ref, attributes = run()
    return ref, {**attributes, "CidrBlock": p["CidrBlock"]}


CLASSES = {
    "Punctuation": string.punctuation,
    "Numbers": string.digits,
    "Lowercase": string.ascii_lowercase,
    "Uppercase": string.ascii_uppercase,
}


def excluded_characters(p: Properties) -> Properties:
    """ExcludePunctuation and its like as characters, the only exclusion that MiniStack honours."""
    wish = p.get("GenerateSecretString")
    if not wish:
        return p
    extra = "".join(
        characters for name, characters in CLASSES.items() if str(wish.get(f"Exclude{name}")).lower() == "true"
    )
    return {
        **p,
        "GenerateSecretString": {
            **wish,
            "ExcludeCharacters": wish.get("ExcludeCharacters", "") + extra,
            "PasswordLength": int(wish.get("PasswordLength", 32)),
        },
    }


def secret_by_arn(result: Made) -> Made:
    _, attributes = result
    return attributes["Arn"], attributes


def secret_name(ref: str) -> str:
    return ref.split(":", 6)[6].rsplit("-", 1)[0]


def camel_containers(p: Properties) -> Properties:
    return {**p, **{k: camel(p[k]) for k in ("ContainerDefinitions", "Volumes") if k in p}}


def plain_alarm(p: Properties) -> Properties:
    """A metric-math alarm as one on the first metric that it reads, so that it exists."""
    if "Metrics" not in p:
        return p
    first = next(m["MetricStat"] for m in p["Metrics"] if "MetricStat" in m)
    return {
        **{k: v for k, v in p.items() if k != "Metrics"},
        **first["Metric"],
        "Statistic": "Sum",
        "Period": first["Period"],
    }


def database(run: Run, p: Properties, stack: str, logical_id: str) -> Made:
    """CloudFormation's own handler writes a record; the API also starts a container."""
    name = (p.get("DBInstanceIdentifier") or unique(stack, logical_id, LONGEST_IDENTIFIER)).lower()
    call("rds", "create_db_instance", p, DBInstanceIdentifier=name, VpcSecurityGroupIds=p.get("VPCSecurityGroups", []))

    def settled() -> Properties | None:
        found = call("rds", "describe_db_instances", DBInstanceIdentifier=name)["DBInstances"][0]
        return found if found["DBInstanceStatus"] in ("available", "failed") else None

    found = poll(DATABASE_S, settled)
    if not found or found["DBInstanceStatus"] == "failed":
        raise ValueError(f"DB instance {name} did not become available in {DATABASE_S} s")
    endpoint = {f"Endpoint.{k}": str(found["Endpoint"][k]) for k in ("Address", "Port")}
    return name, {**endpoint, "DBInstanceArn": found["DBInstanceArn"], "DbiResourceId": found["DbiResourceId"]}


def unprotected(run: Run, ref: str, p: Properties) -> Any:
    found = call("elbv2", "describe_load_balancer_attributes", LoadBalancerArn=ref)["Attributes"]
    if {"Key": "deletion_protection.enabled", "Value": "true"} in found:
        raise ValueError(f"Load balancer '{ref}' cannot be deleted because deletion protection is enabled")
    return run()


def delete_database(run: Run, ref: str, p: Properties) -> None:
    call("rds", "delete_db_instance", DBInstanceIdentifier=ref, SkipFinalSnapshot=True)


corrected("AWS::S3::Bucket", create=tagged_bucket, note="tags were dropped; emptying a bucket on delete looks for one")
corrected("AWS::EC2::VPC", create=network_with_cidr, note="`Fn::GetAtt CidrBlock` was missing")
corrected(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    delete=unprotected,
    note="deletion protection was ignored",
)
corrected(
    "AWS::SecretsManager::Secret",
    properties=excluded_characters,
    create=lambda run, *_: secret_by_arn(run()),
    update=lambda run, ref, p: secret_by_arn(run(secret_name(ref))),
    delete=lambda run, ref, p: run(secret_name(ref)),
    note="`Ref` was the name, not the ARN; exclusions of character classes were ignored",
)
corrected(
    "AWS::ECS::TaskDefinition",
    properties=camel_containers,
    note="secrets, health checks and Linux parameters of containers were dropped",
)
corrected(
    "AWS::CloudWatch::Alarm",
    properties=plain_alarm,
    note="an alarm on metric math was refused; it becomes one on its first metric, and never fires",
)
corrected(
    "AWS::RDS::DBInstance",
    create=database,
    delete=delete_database,
    note="was a record only; now a PostgreSQL container with TLS",
)
