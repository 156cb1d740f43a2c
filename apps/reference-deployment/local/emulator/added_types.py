"""Types that MiniStack does not know and that our stacks use."""

from emulator.api import Properties, arn, call
from emulator.resource_types import Api, Made, added, recorded


def elastic_ip(api: Api, p: Properties, name: str) -> Made:
    made = api("allocate_address", Domain="vpc")
    return made["PublicIp"], {"AllocationId": made["AllocationId"], "PublicIp": made["PublicIp"]}


def release_elastic_ip(api: Api, ref: str, p: Properties) -> None:
    api("release_address", AllocationId=api("describe_addresses", PublicIps=[ref])["Addresses"][0]["AllocationId"])


def nat_gateway(api: Api, p: Properties, name: str) -> Made:
    made = api("create_nat_gateway", p)["NatGateway"]["NatGatewayId"]
    return made, {"NatGatewayId": made}


def flow_log(api: Api, p: Properties, name: str) -> Made:
    made = api("create_flow_logs", p, ResourceIds=[p["ResourceId"]])["FlowLogIds"][0]
    return made, {"Id": made}


def permission(p: Properties) -> Properties:
    """A rule resource as the API's IpPermissions."""
    rule: Properties = {k: p[k] for k in ("IpProtocol", "FromPort", "ToPort") if k in p}
    text = {"Description": p.get("Description", "")}
    peer = p.get("SourceSecurityGroupId") or p.get("DestinationSecurityGroupId")
    for member, key, value in (
        ("IpRanges", "CidrIp", p.get("CidrIp")),
        ("Ipv6Ranges", "CidrIpv6", p.get("CidrIpv6")),
        ("UserIdGroupPairs", "GroupId", peer),
    ):
        if value:
            rule[member] = [{key: value, **text}]
    return {"GroupId": p["GroupId"], "IpPermissions": [rule]}


def security_group_rule(type_: str, direction: str) -> None:
    def create(api: Api, p: Properties, name: str) -> Made:
        api(f"authorize_security_group_{direction}", permission(p))
        return name, {"Id": name}

    def delete(api: Api, ref: str, p: Properties) -> None:
        api(f"revoke_security_group_{direction}", permission(p))

    added(type_, "ec2", create, delete, note="no packet is filtered")


def scalable_target(api: Api, p: Properties, name: str) -> Made:
    """Application Auto Scaling lifts a service to its minimum as soon as the target is registered."""
    if p["ServiceNamespace"] == "ecs":
        _, cluster, service = p["ResourceId"].split("/")
        count = call("ecs", "describe_services", cluster=cluster, services=[service])["services"][0]["desiredCount"]
        within = min(max(count, int(p["MinCapacity"])), int(p["MaxCapacity"]))
        if within != count:
            call("ecs", "update_service", cluster=cluster, service=service, desiredCount=within)
    return f"{p['ResourceId']}|{p['ScalableDimension']}|{p['ServiceNamespace']}", {}


added("AWS::EC2::EIP", "ec2", elastic_ip, release_elastic_ip, note="an address on paper")
added(
    "AWS::EC2::NatGateway",
    "ec2",
    nat_gateway,
    lambda api, ref, p: api("delete_nat_gateway", NatGatewayId=ref),
    note="nothing is routed through it",
)
added(
    "AWS::EC2::FlowLog",
    "ec2",
    flow_log,
    lambda api, ref, p: api("delete_flow_logs", FlowLogIds=[ref]),
    note="no connection is logged",
)
security_group_rule("AWS::EC2::SecurityGroupIngress", "ingress")
security_group_rule("AWS::EC2::SecurityGroupEgress", "egress")
added(
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "ecs",
    scalable_target,
    note="brings the service's count between minimum and maximum, once",
)
recorded(
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    lambda p, name: arn("autoscaling", f"scalingPolicy:{name}"),
    Arn=lambda p, name: arn("autoscaling", f"scalingPolicy:{name}"),
    note="nothing scales",
)
