"""Prints a template as CloudFormation gets it, as JSON with every intrinsic function in its long form.

A SAM template goes through AWS's own translator; any other is only parsed. Nothing is asked of any network.
"""

import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


# The tests know a nested template by what follows.
ARTIFACTS = "https://s3.amazonaws.com/artifacts/"


class NoManagedPolicies:
    """The names of AWS's managed policies are known to IAM alone; no function here names one."""

    def load(self):
        return {}


def package(template):
    """As `sam package` does: code and templates on this disk become objects of a bucket."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = "s3://artifacts/code"
        if resource["Type"] == "AWS::Serverless::Application":
            properties["Location"] = ARTIFACTS + properties["Location"]


def main(file):
    with open(file, encoding="utf-8") as text:
        template = yaml_parse(text.read())
    if "Transform" in template:
        package(template)
        template = transform(template, {}, NoManagedPolicies())
    json.dump(template, sys.stdout)


main(sys.argv[1])
