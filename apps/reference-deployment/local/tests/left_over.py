"""What is in the emulated account, without what the account or `cdk bootstrap` brings."""

from local_deployment import LocalDeployment

# Kind, service, operation, key of the list, and of a thing's name; a thing without a name is its own.
KINDS = (
    ("repository", "ecr", "describe_repositories", "repositories", "repositoryName"),
    ("stack", "cloudformation", "list_stacks", "StackSummaries", "StackName"),
    ("network", "ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("address", "ec2", "describe_addresses", "Addresses", "PublicIp"),
    ("security group", "ec2", "describe_security_groups", "SecurityGroups", "GroupName"),
    ("certificate", "acm", "list_certificates", "CertificateSummaryList", "DomainName"),
    ("secret", "secretsmanager", "list_secrets", "SecretList", "Name"),
    ("bucket", "s3", "list_buckets", "Buckets", "Name"),
    ("role", "iam", "list_roles", "Roles", "RoleName"),
    ("function", "lambda", "list_functions", "Functions", "FunctionName"),
    ("load balancer", "elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    ("target group", "elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName"),
    ("cluster", "ecs", "list_clusters", "clusterArns", None),
    ("database", "rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
    ("database subnets", "rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"),
    ("cache", "elasticache", "describe_replication_groups", "ReplicationGroups", "ReplicationGroupId"),
    ("log group", "logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("rule", "events", "list_rules", "Rules", "Name"),
    ("schedule", "scheduler", "list_schedules", "Schedules", "Name"),
    ("queue", "sqs", "list_queues", "QueueUrls", None),
    ("topic", "sns", "list_topics", "Topics", "TopicArn"),
    ("alarm", "cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("composite alarm", "cloudwatch", "describe_alarms", "CompositeAlarms", "AlarmName"),
    ("dashboard", "cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
)
# Lambda makes its log groups itself, and nobody deletes them.
NOT_OURS = ("cdk-", "/aws/lambda/")


def left_over(deployment: LocalDeployment) -> dict[str, list[str]]:
    """Names by kind, sorted; no kind of which nothing is left."""
    found = {}
    for kind, service, operation, key, name in KINDS:
        things = getattr(deployment.client(service), operation)().get(key, [])
        names = sorted(thing[name] if name else thing for thing in things if not _of_the_account(kind, thing))
        found[kind] = [name for name in names if not name.startswith(NOT_OURS)]
    kms = deployment.client("kms")
    described = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    found["key"] = [key["KeyId"] for key in described if key["KeyState"] == "Enabled"]
    distributions = deployment.client("cloudfront").list_distributions()["DistributionList"]
    found["distribution"] = [distribution["DomainName"] for distribution in distributions.get("Items", [])]
    return {kind: names for kind, names in found.items() if names}


def _of_the_account(kind: str, thing) -> bool:
    return {
        "stack": lambda: thing["StackStatus"] == "DELETE_COMPLETE" or thing["StackName"] == "CDKToolkit",
        "network": lambda: thing["IsDefault"],
        "security group": lambda: thing["GroupName"] == "default",
    }.get(kind, lambda: False)()
