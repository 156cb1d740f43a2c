"""Calls to the emulated AWS from our own commands. Only for use in the virtual environment, where boto3 is."""

import datetime
import functools

import boto3
from botocore.config import Config

from settings import DUMMY_KEYS, REGION, Place, require_loopback


@functools.cache
def client(service: str, place: Place):
    return boto3.client(
        service,
        endpoint_url=require_loopback(place.endpoint),
        region_name=REGION,
        aws_access_key_id=DUMMY_KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=DUMMY_KEYS["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"max_attempts": 2}, proxies={}),
    )


def stack(place: Place, name: str) -> dict | None:
    """The stack as CloudFormation describes it, or None."""
    cloudformation = client("cloudformation", place)
    try:
        return cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except cloudformation.exceptions.ClientError:
        return None


def outputs(place: Place, name: str) -> dict[str, str]:
    return {o["OutputKey"]: o["OutputValue"] for o in (stack(place, name) or {}).get("Outputs", [])}


def failures(place: Place, name: str, since: datetime.datetime) -> list[str]:
    """Why the stack's operation failed that began then: its failed resources, first one first."""
    reasons = []
    for page in client("cloudformation", place).get_paginator("describe_stack_events").paginate(StackName=name):
        for event in page["StackEvents"]:
            if event["Timestamp"] < since:
                return reasons
            if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason"):
                reasons.insert(
                    0, f"{event['LogicalResourceId']} ({event['ResourceType']}): {event['ResourceStatusReason']}"
                )
    return reasons


def task_log(place: Place, stream: str, last: int = 10) -> list[str]:
    """The last lines that a task wrote."""
    path = place.task_logs / (stream.replace("/", "-") + ".log")
    return path.read_text().splitlines()[-last:] if path.exists() else []
