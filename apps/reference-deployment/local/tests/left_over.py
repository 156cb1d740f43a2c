"""What is in the emulated account, without what the account or `cdk bootstrap` brings."""

import jmespath

from local_deployment import LocalDeployment

# A kind of thing, the service and the operation that list it, and where its names stand in the response.
KINDS = """
repository: ecr describe_repositories repositories[].repositoryName
stack: cloudformation list_stacks StackSummaries[?StackStatus != 'DELETE_COMPLETE' && StackName != 'CDKToolkit'].StackName
network: ec2 describe_vpcs Vpcs[?!IsDefault].VpcId
address: ec2 describe_addresses Addresses[].PublicIp
security group: ec2 describe_security_groups SecurityGroups[?GroupName != 'default'].GroupName
certificate: acm list_certificates CertificateSummaryList[].DomainName
secret: secretsmanager list_secrets SecretList[].Name
bucket: s3 list_buckets Buckets[].Name
role: iam list_roles Roles[].RoleName
function: lambda list_functions Functions[].FunctionName
load balancer: elbv2 describe_load_balancers LoadBalancers[].LoadBalancerName
target group: elbv2 describe_target_groups TargetGroups[].TargetGroupName
distribution: cloudfront list_distributions DistributionList.Items[].DomainName
cluster: ecs list_clusters clusterArns
database: rds describe_db_instances DBInstances[].DBInstanceIdentifier
database subnets: rds describe_db_subnet_groups DBSubnetGroups[].DBSubnetGroupName
cache: elasticache describe_replication_groups ReplicationGroups[].ReplicationGroupId
log group: logs describe_log_groups logGroups[].logGroupName
rule: events list_rules Rules[].Name
schedule: scheduler list_schedules Schedules[].Name
queue: sqs list_queues QueueUrls
topic: sns list_topics Topics[].TopicArn
alarm: cloudwatch describe_alarms [MetricAlarms, CompositeAlarms][][].AlarmName
dashboard: cloudwatch list_dashboards DashboardEntries[].DashboardName
"""
# Lambda makes its log groups itself, and nobody deletes them.
NOT_OURS = ("cdk-", "/aws/lambda/")


def left_over(deployment: LocalDeployment) -> dict[str, list[str]]:
    """Names by kind, sorted; no kind of which nothing is left."""
    found = {"key": _keys(deployment)}
    for row in KINDS.strip().splitlines():
        kind, call = row.split(": ", 1)
        service, operation, path = call.split(" ", 2)
        names: list[str] = jmespath.search(path, getattr(deployment.client(service), operation)()) or []
        found[kind] = sorted(name for name in names if not name.startswith(NOT_OURS))
    return {kind: names for kind, names in found.items() if names}


def _keys(deployment: LocalDeployment) -> list[str]:
    """Keys are not deleted at once: those count that can be used."""
    kms = deployment.client("kms")
    described = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    return [key["KeyId"] for key in described if key["KeyState"] == "Enabled"]
