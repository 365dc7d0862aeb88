"""MiniStack, with what it does other than S3 put right where Holdfast's safety rests on it.

Each correction names the sentence of the S3 API reference that it follows. When a newer MiniStack does the same by
itself, the correction goes.
"""

import re
import sys
from functools import lru_cache
from html import unescape
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.core import iam_actions, iam_evaluator
from ministack.services import cloudformation, s3
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks


def _hidden_version(bucket_name, key, query_params):
    """The named version of a key that has a delete marker on top, if there is one."""
    bucket = s3._ensure_bucket(bucket_name)
    if bucket is None or key in bucket["objects"]:
        return None
    version_id = (query_params or {}).get("versionId")
    version_id = version_id[0] if isinstance(version_id, list) else version_id
    versions = s3._object_versions.get((bucket_name, key), [])
    known = any(v["version_id"] == version_id and not v.get("is_delete_marker") for v in versions)
    return version_id if known else None


def _tags_of_any_version(get_tagging):
    """GetObjectTagging: "To return tags of any other version, use the versionId query parameter." """

    def get_object_tagging(bucket_name, key, query_params=None):
        version_id = _hidden_version(bucket_name, key, query_params)
        if version_id is None:
            return get_tagging(bucket_name, key, query_params)
        root = Element("Tagging", xmlns=s3.S3_NS)
        tag_set = SubElement(root, "TagSet")
        for name, value in s3._object_tags.get((bucket_name, key, version_id), {}).items():
            tag = SubElement(tag_set, "Tag")
            SubElement(tag, "Key").text = name
            SubElement(tag, "Value").text = value
        return 200, {"Content-Type": "application/xml", "x-amz-version-id": version_id}, tostring(root)

    return get_object_tagging


def _tag_any_version(put_tagging):
    """PutObjectTagging: "To put tags of any other version, use the versionId query parameter." """

    def put_object_tagging(bucket_name, key, body, query_params=None):
        version_id = _hidden_version(bucket_name, key, query_params)
        if version_id is None:
            return put_tagging(bucket_name, key, body, query_params)
        s3._object_tags[(bucket_name, key, version_id)] = s3._parse_tags_xml(body)
        return 200, {"Content-Type": "application/xml", "x-amz-version-id": version_id}, b""

    return put_object_tagging


def _told_of_tagging(tagging, event):
    """S3 guide, "Using EventBridge": Object Tags Added, by PutObjectTagging; Object Tags Deleted. Without a reason."""

    def object_tagging(bucket_name, key, *args):
        answer = tagging(bucket_name, key, *args)
        if answer[0] < 300:
            version_id = answer[1].get("x-amz-version-id")
            s3._fire_s3_event_async(bucket_name, key, event, version_id=version_id)
        return answer

    return object_tagging


def _told_of_acl(put_acl, get_acl):
    """S3 guide, "Using EventBridge": Object ACL Updated, by PutObjectAcl; not "when a request results in no change"."""

    def put_object_acl(bucket_name, key, body, headers, query_params=None):
        before = get_acl(bucket_name, key, query_params)[2]
        answer = put_acl(bucket_name, key, body, headers, query_params)
        status, as_read, after = get_acl(bucket_name, key, query_params)
        if answer[0] < 300 and status == 200 and after != before:
            version_id = as_read.get("x-amz-version-id")
            s3._fire_s3_event_async(bucket_name, key, "s3:ObjectAcl:Put", version_id=version_id)
        return answer

    return put_object_acl


def _grants_of_uploads(create, complete):
    """CreateMultipartUpload: "x-amz-grant-read: Specify access permissions explicitly to allow grantee to read the object." """
    granted = {}

    def create_multipart_upload(bucket_name, key, headers):
        bucket = s3._ensure_bucket(bucket_name)
        acl, refused = s3._grant_headers_acl(headers, bucket is not None and s3._bucket_owner_enforced(bucket))
        answer = refused or create(bucket_name, key, headers)
        if answer[0] == 200 and acl is not None:
            granted[re.search(rb"<UploadId>(.*?)</UploadId>", answer[2]).group(1).decode()] = acl
        return answer

    def complete_multipart_upload(bucket_name, key, body, query_params, headers=None):
        answer = complete(bucket_name, key, body, query_params, headers)
        acl = granted.pop(s3._qp(query_params, "uploadId"), None) if answer[0] == 200 else None
        if acl is not None:
            s3._object_acl[(bucket_name, key, answer[1].get("x-amz-version-id"))] = acl
        return answer

    return create_multipart_upload, complete_multipart_upload


def _right_to_grant(checks):
    """S3 guide, "Required permissions": a write that names an ACL takes s3:PutObjectAcl beside s3:PutObject."""

    def s3_additional_checks(method, path, headers, body, query_params):
        found = checks(method, path, headers, body, query_params)
        names_acl = any(re.match(r"x-amz-(grant-|acl$)", name.lower()) for name in headers)
        if names_acl and iam_actions._s3_action(method, path, query_params) == "PutObject":
            found = [*found, ("s3:PutObjectAcl", f"arn:aws:s3:::{path.lstrip('/')}")]
        return found

    return s3_additional_checks


def _head_with_tag_count(head):
    """HeadObject: "x-amz-tagging-count: The number of tags, if any, on the object." """

    def head_object(bucket_name, key, headers=None, query_params=None):
        status, answer, body = head(bucket_name, key, headers, query_params)
        if status == 200:
            count = s3._object_tagging_count_header(bucket_name, key, answer.get("x-amz-version-id"))
            answer.update(count)
        return status, answer, body

    return head_object


def _head_of_thawed_version(head):
    """HeadObject: x-amz-restore, of an archived object that was asked for; also when its version is named."""

    def head_object(bucket_name, key, headers=None, query_params=None):
        status, answer, body = head(bucket_name, key, headers, query_params)
        bucket = s3._ensure_bucket(bucket_name)
        current = bucket["objects"].get(key) if bucket else None
        if status == 200 and current and current.get("version_id") == answer.get("x-amz-version-id"):
            s3._sync_restore(bucket_name, key, current)
            of_current = s3._object_response_headers(current, bucket_name, key)
            if "x-amz-restore" in of_current:
                answer["x-amz-restore"] = of_current["x-amz-restore"]
        return status, answer, body

    return head_object


def _conditional_copy(copy):
    """CopyObject: If-Match and If-None-Match test the object at the destination, as in PutObject."""

    def copy_object(bucket_name, dest_key, headers):
        bucket = s3._ensure_bucket(bucket_name)
        refused = bucket and s3._check_put_preconditions(headers, bucket["objects"].get(dest_key))
        return refused or copy(bucket_name, dest_key, headers)

    return copy_object


def _expected_owners(apply_scope):
    """ "Verifying bucket ownership": a request that names another account than the bucket's, or its source's, fails with 403."""

    def apply_bucket_scope(method, bucket, key, headers, query_params, body, internal):
        source = s3.url_unquote(headers.get("x-amz-copy-source", "")).lstrip("/").partition("/")[0]
        for header, name in (("x-amz-expected-bucket-owner", bucket), ("x-amz-source-expected-bucket-owner", source)):
            owner = s3._bucket_owner_account(name)
            if owner is not None and headers.get(header, owner) != owner:
                return s3._error("AccessDenied", "Access Denied", 403, f"/{name}")
        return apply_scope(method, bucket, key, headers, query_params, body, internal)

    return apply_bucket_scope


def _tags_of_uploads(create, complete):
    """CreateMultipartUpload: "x-amz-tagging: The tag-set for the object." """
    tagging = {}

    def create_multipart_upload(bucket_name, key, headers):
        answer = create(bucket_name, key, headers)
        if answer[0] == 200 and headers.get("x-amz-tagging"):
            upload_id = re.search(rb"<UploadId>(.*?)</UploadId>", answer[2]).group(1).decode()
            tagging[upload_id] = headers["x-amz-tagging"]
        return answer

    def complete_multipart_upload(bucket_name, key, body, query_params, headers=None):
        answer = complete(bucket_name, key, body, query_params, headers)
        tags = tagging.pop(s3._qp(query_params, "uploadId"), None) if answer[0] == 200 else None
        if tags is not None:
            parsed = {name: values[0] for name, values in s3._parse_qs(tags, keep_blank_values=True).items()}
            s3._object_tags[(bucket_name, key, answer[1].get("x-amz-version-id"))] = parsed
        return answer

    return create_multipart_upload, complete_multipart_upload


def _encoded_version_listing(list_versions):
    """ListObjectVersions: "encoding-type: Encodes the object keys in the response", as in listings of objects."""
    encoded = re.compile(rb"<(Key|Prefix|KeyMarker|NextKeyMarker)>(.*?)</\1>", re.DOTALL)

    def encode(match):
        text = quote(unescape(match.group(2).decode()), safe="/")
        return b"<%s>%s</%s>" % (match.group(1), text.encode(), match.group(1))

    def list_object_versions(bucket_name, query_params):
        status, headers, body = list_versions(bucket_name, query_params)
        if status == 200 and s3._qp(query_params, "encoding-type", "") == "url":
            body = encoded.sub(encode, body)
            body = body.replace(b"</ListVersionsResult>", b"<EncodingType>url</EncodingType></ListVersionsResult>")
        return status, headers, body

    return list_object_versions


def _wildcards_of_any_character(pattern, ignore_case):
    """IAM, "Using wildcards": * stands for any characters, and a key may hold a line break."""
    regex = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.compile(f"^{regex}$", re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _principal_arn_of_roles(resolve):
    """aws:PrincipalArn: "For IAM roles, the request context returns the ARN of the role", not of the session."""
    session = re.compile(r"^arn:([^:]+):sts::(\d{12}):assumed-role/([^/]+)/.*$")

    def resolve_condition_key(key, ctx):
        value = resolve(key, ctx)
        if key.lower() != "aws:principalarn" or not isinstance(value, str):
            return value
        return session.sub(r"arn:\1:iam::\2:role/\3", value)

    return resolve_condition_key


def _known_services(resolve):
    """aws:PrincipalIsAWSService: whether "the call to your resource is being made directly by an AWS service principal"."""

    def resolve_condition_key(key, ctx):
        if key.lower() == "aws:principalisawsservice":
            return "true" if ctx.principal_type == "Service" else "false"
        if key.lower() == "aws:securetransport" and ctx.principal_type == "Service":
            # "aws:SecureTransport: whether the request was sent using TLS": services send so, whatever reached this port.
            return "true"
        return resolve(key, ctx)

    return resolve_condition_key


def _rule_of_targets(resource_of):
    """ListTargetsByRule names its rule in the field "Rule"; its resource type is "rule*"."""

    def extract_resource_arn(service, method, path, headers, body, *others):
        named = re.search(rb'"Rule"\s*:\s*("(?:[^"\\]|\\.)*")', body or b"") if service == "events" else None
        if named is not None:
            body = b'{"Name":' + named.group(1) + b"}"
        return resource_of(service, method, path, headers, body, *others)

    return extract_resource_arn


def _conditions_with_joins(evaluate):
    """Fn::Equals: "Value1 and Value2 can be [...] functions" such as Fn::Join, of a list parameter here."""

    def evaluate_conditions(template, params):
        def joined(value):
            if isinstance(value, list):
                return [joined(one) for one in value]
            if not isinstance(value, dict):
                return value
            if "Fn::Join" not in value:
                return {name: joined(one) for name, one in value.items()}
            delimiter, items = value["Fn::Join"]
            return delimiter.join(part.strip() for part in str(params[items["Ref"]]["Value"]).split(","))

        return evaluate({**template, "Conditions": joined(template.get("Conditions", {}))}, params)

    return evaluate_conditions


def _alarms_of_several_metrics(record):
    """PutMetricAlarm: "Metrics: An array of MetricDataQuery structures", in place of one metric. Kept, never evaluated."""

    def metric_alarm_record(name, props):
        if not props.get("Metrics"):
            return record(name, props)
        plain = {key: value for key, value in props.items() if key not in ("Metrics", "ThresholdMetricId")}
        nothing = {"Namespace": "Holdfast/Emulator", "MetricName": "Never", "Threshold": 0}
        return record(name, {**nothing, **plain})

    return metric_alarm_record


def _composite_alarm(logical_id, props, stack_name):
    """AWS::CloudWatch::CompositeAlarm: only that it is there. What it tells is CloudWatch's to work out."""
    name = props.get("AlarmName") or f"{stack_name}-{logical_id}"
    if not props.get("AlarmRule"):
        raise ValueError("AlarmRule is required for AWS::CloudWatch::CompositeAlarm")
    region, account = provisioners.get_region(), provisioners.get_account_id()
    return name, {"Arn": f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}"}


def _nested_applications(parse, apply_transforms):
    """AWS::Serverless::Application: the template of a "nested application" may be one of SAM, too, and is transformed."""
    return lambda body: apply_transforms(parse(body))


def _attributes_of_what_stays(update):
    """Fn::GetAtt "returns the value of an attribute from a resource in the template", also of one that an update leaves alone."""

    def update_resource(resource_type, physical_id, old, new, stack_name, logical_id=None, attributes=None):
        if attributes is None:
            kept = cloudformation._stacks.get(stack_name, {}).get("_resources", {}).get(logical_id, {})
            attributes = kept.get("Attributes")
        return update(resource_type, physical_id, old, new, stack_name, logical_id, attributes)

    return update_resource


s3._get_object_tagging = _tags_of_any_version(s3._get_object_tagging)
s3._S3_EVENTBRIDGE_EVENT_DETAIL_TYPE["ObjectTagging:Put"] = "Object Tags Added"
s3._S3_EVENTBRIDGE_EVENT_DETAIL_TYPE["ObjectTagging:Delete"] = "Object Tags Deleted"
s3._put_object_tagging = _told_of_tagging(_tag_any_version(s3._put_object_tagging), "s3:ObjectTagging:Put")
s3._delete_object_tagging = _told_of_tagging(s3._delete_object_tagging, "s3:ObjectTagging:Delete")
s3._S3_EVENTBRIDGE_EVENT_DETAIL_TYPE["ObjectAcl:Put"] = "Object ACL Updated"
s3._put_object_acl = _told_of_acl(s3._put_object_acl, s3._get_object_acl)
iam_actions.s3_additional_checks = _right_to_grant(iam_actions.s3_additional_checks)
s3._head_object = _head_of_thawed_version(_head_with_tag_count(s3._head_object))
s3._copy_object = _conditional_copy(s3._copy_object)
s3._apply_bucket_scope = _expected_owners(s3._apply_bucket_scope)
s3._create_multipart_upload, s3._complete_multipart_upload = _tags_of_uploads(
    s3._create_multipart_upload, s3._complete_multipart_upload
)
s3._create_multipart_upload, s3._complete_multipart_upload = _grants_of_uploads(
    s3._create_multipart_upload, s3._complete_multipart_upload
)
s3._list_object_versions = _encoded_version_listing(s3._list_object_versions)
_evaluate_conditions = _conditions_with_joins(engine._evaluate_conditions)
for module in (changesets, engine, handlers, stacks):
    module._evaluate_conditions = _evaluate_conditions
provisioners._cw_metric_alarm_record = _alarms_of_several_metrics(provisioners._cw_metric_alarm_record)
provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::CompositeAlarm"] = {
    "create": _composite_alarm,
    "update": lambda physical_id, old, new, stack_name: (physical_id, {}),
    "delete": lambda physical_id, props: None,
}
# Only nested stacks ask these two: what others use of them is bound by now.
engine._parse_template = _nested_applications(engine._parse_template, engine._apply_transforms)
provisioners._update_resource = _attributes_of_what_stays(provisioners._update_resource)
iam_actions.extract_resource_arn = _rule_of_targets(iam_actions.extract_resource_arn)
iam_evaluator._resolve_condition_key = _known_services(
    _principal_arn_of_roles(iam_evaluator._resolve_condition_key)
)
iam_evaluator._fnmatch_compile = lru_cache(maxsize=4096)(_wildcards_of_any_character)

def _header_bytes(app):
    """S3 sends back the bytes of a header as it got them (seen on AWS), not a Latin-1 form of its text."""
    app.decode_header_value = lambda value: value.decode("utf-8", "surrogateescape")
    app._encode_header_value = lambda text: text.encode("utf-8", "surrogateescape")


if __name__ == "__main__":
    from ministack import app

    _header_bytes(app)
    sys.exit(app.main())
