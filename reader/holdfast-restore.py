#!/usr/bin/env python3
"""Reads a Holdfast vault without Holdfast: lists its sources, and restores one of them, as of a moment, into a folder.

    python3 holdfast-restore.py my-vault list
    python3 holdfast-restore.py my-vault ls s3://photos/2026/ --at 2026-11-30T12:00:00Z
    python3 holdfast-restore.py my-vault restore s3://photos --to ./photos
    python3 holdfast-restore.py my-vault restore workdocs://d-1234567890/anna --to ./anna --at 2026-11-30T12:00:00Z

It needs Python 3.8 or newer, a network, and rights to list the vault's versions and get them: s3:ListBucketVersions,
s3:GetObjectVersion, and kms:Decrypt for a vault with a key of its own. Credentials are those of the environment, else of boto3,
else of the AWS CLI. It changes nothing in the vault, and writes over nothing in the folder.

Exit codes: 0 all is there; 1 failed; 2 wrong usage; 3 some things are not there, and are named.

This file is written by itself, from the description of the vault in README.txt beside it, so that what it reads proves that
description. Nothing in it is shared with Holdfast.
"""

import argparse
import base64
import datetime
import hashlib
import hmac
import http.client
import json
import os
import re
import secrets
import shutil
import socket
import ssl
import stat
import subprocess
import sys
import time
import unicodedata
import urllib.parse
import xml.etree.ElementTree as ElementTree
import zlib
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, NoReturn, Optional, Set, Tuple

# The account that the vault has to belong to; in a vault, Holdfast has written its own here. Names of buckets are free again once
# theirs is deleted, and then anybody's.
OWNER = ""
NEVER = float("inf")
CHUNK = 1 << 20


class Failed(Exception):
    """Ends the program with exit code 1."""


class Refused(Exception):
    """One thing cannot be brought: it is named, and the others are."""


# --- S3 ---------------------------------------------------------------------------------------------------------------


class Credentials(NamedTuple):
    key: str
    secret: str
    token: Optional[str]


def find_credentials(profile: Optional[str]) -> Credentials:
    """Of the environment, else of boto3, else of the AWS CLI."""
    env = os.environ
    if profile is None and env.get("AWS_ACCESS_KEY_ID") and env.get("AWS_SECRET_ACCESS_KEY"):
        return Credentials(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env.get("AWS_SESSION_TOKEN"))
    try:
        import boto3  # type: ignore
    except ImportError:
        return credentials_of_cli(profile)
    found = boto3.Session(profile_name=profile).get_credentials()
    if found is None:
        raise Failed("boto3 finds no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --profile")
    frozen = found.get_frozen_credentials()
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token)


def credentials_of_cli(profile: Optional[str]) -> Credentials:
    """Source: AWS CLI, "aws configure export-credentials --format process"."""
    aws = shutil.which("aws")
    if aws is None:
        raise Failed(
            "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), or install "
            "boto3 (pip install boto3) or the AWS CLI, which know profiles"
        )
    command = [aws, "configure", "export-credentials", "--format", "process"]
    told = subprocess.run(command + (["--profile", profile] if profile else []), capture_output=True, text=True)
    if told.returncode != 0:
        raise Failed("the AWS CLI gives no credentials: " + told.stderr.strip())
    answer = json.loads(told.stdout)
    return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer.get("SessionToken"))


class Answer(NamedTuple):
    status: int
    headers: Dict[str, str]
    body: http.client.HTTPResponse


class Version(NamedTuple):
    key: str
    version_id: str
    marker: bool
    size: int
    storage_class: str
    at: int  # ms since 1970, whole seconds


class Vault:
    """GET requests to one bucket, signed with AWS Signature Version 4."""

    def __init__(
        self,
        bucket: str,
        owner: str,
        credentials: Credentials,
        region: Optional[str] = None,
        endpoint: Optional[str] = None,
    ) -> None:
        self.bucket = bucket
        self.owner = owner
        self.credentials = credentials
        self.region = region or "us-east-1"
        self.endpoint = endpoint
        self.connection: Optional[http.client.HTTPConnection] = None
        if region is None:
            self.find_region()

    def find_region(self) -> None:
        """S3 names a bucket's region in every answer, a refusal too."""
        _, headers, body = self.request("HEAD", "", {})
        body.read()
        found = headers.get("x-amz-bucket-region")
        if found is not None and found != self.region:
            self.region = found
            self.close()

    def get(self, key: str, version_id: Optional[str] = None) -> Answer:
        """The bytes of one version."""
        query = {} if version_id is None else {"versionId": version_id}
        return self.checked("GET", key, query, {"x-amz-checksum-mode": "ENABLED"})

    def text(self, key: str, version_id: Optional[str] = None) -> str:
        answer = self.get(key, version_id)
        return answer.body.read().decode("utf-8")

    def versions(self, prefix: str) -> Iterator[Version]:
        """All versions under a prefix, by key, each key's newest first, as S3 lists them."""
        marker: Dict[str, str] = {}
        while True:
            query = {"versions": "", "prefix": prefix, "encoding-type": "url", "max-keys": "1000", **marker}
            page = ElementTree.fromstring(self.checked("GET", "", query, {}).body.read())
            for line in page:
                if local(line.tag) in ("Version", "DeleteMarker"):
                    yield version_of(line)
            if text_of(page, "IsTruncated") != "true":
                return
            key = urllib.parse.unquote_plus(text_of(page, "NextKeyMarker"))
            marker = {"key-marker": key, "version-id-marker": text_of(page, "NextVersionIdMarker")}

    def folders(self, prefix: str) -> List[str]:
        """Names under a prefix, up to the next slash, whether or not what lies there is deleted."""
        names: List[str] = []
        marker: Dict[str, str] = {}
        while True:
            query = {"versions": "", "prefix": prefix, "delimiter": "/", "encoding-type": "url", **marker}
            page = ElementTree.fromstring(self.checked("GET", "", query, {}).body.read())
            for line in page:
                if local(line.tag) == "CommonPrefixes":
                    names.append(urllib.parse.unquote_plus(text_of(line, "Prefix"))[len(prefix) : -1])
            if text_of(page, "IsTruncated") != "true":
                return names
            marker = {"key-marker": urllib.parse.unquote_plus(text_of(page, "NextKeyMarker"))}
            if text_of(page, "NextVersionIdMarker"):
                marker["version-id-marker"] = text_of(page, "NextVersionIdMarker")

    def checked(self, method: str, key: str, query: Dict[str, str], headers: Dict[str, str]) -> Answer:
        answer = self.request(method, key, query, headers)
        if answer.status == 200:
            return answer
        said = answer.body.read().decode("utf-8", "replace")
        code = re.search(r"<Code>([^<]*)</Code>", said)
        what = f"{self.bucket}/{key}" if key else self.bucket
        why = f"{answer.status} {code.group(1) if code else ''}".strip()
        if code is not None and code.group(1) == "InvalidObjectState":
            raise Refused("it is archived: thaw it first (aws s3api restore-object), then run this again")
        if key and answer.status in (403, 404):
            raise Refused(f"the vault refuses {what}: {why}")
        raise Failed(f"{what}: {why}")

    def request(self, method: str, key: str, query: Dict[str, str], headers: Optional[Dict[str, str]] = None) -> Answer:
        for attempt in range(6):
            try:
                answer = self.once(method, key, query, headers or {})
                if answer.status < 500 or attempt == 5:
                    return answer
                answer.body.read()
            except (OSError, http.client.HTTPException) as error:
                if attempt == 5:
                    raise Failed(f"S3 does not answer: {error}") from error
            self.close()
            time.sleep(0.2 * 2**attempt)
        raise AssertionError

    def once(self, method: str, key: str, query: Dict[str, str], headers: Dict[str, str]) -> Answer:
        base = self.endpoint or f"https://s3.{self.region}.{'amazonaws.com.cn' if self.region.startswith('cn-') else 'amazonaws.com'}"
        url = urllib.parse.urlsplit(base)
        path = f"/{self.bucket}" + (f"/{urllib.parse.quote(key, safe='/-_.~')}" if key else "/")
        sorted_query = "&".join(
            f"{urllib.parse.quote(name, safe='-_.~')}={urllib.parse.quote(value, safe='-_.~')}"
            for name, value in sorted(query.items())
        )
        signed = self.sign(method, url.netloc, path, sorted_query, headers)
        connection = self.connect(url)
        connection.request(method, path + (f"?{sorted_query}" if sorted_query else ""), headers=signed)
        response = connection.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response)

    def connect(self, url: urllib.parse.SplitResult) -> http.client.HTTPConnection:
        if self.connection is None:
            if url.scheme == "https":
                self.connection = http.client.HTTPSConnection(url.netloc, timeout=60, context=ssl.create_default_context())
            else:
                self.connection = http.client.HTTPConnection(url.netloc, timeout=60)
        return self.connection

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def sign(self, method: str, host: str, path: str, query: str, more: Dict[str, str]) -> Dict[str, str]:
        """Source: AWS, "Create a signed AWS API request" (Signature Version 4)."""
        now = datetime.datetime.now(datetime.timezone.utc)
        moment, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
        nothing = hashlib.sha256(b"").hexdigest()
        headers = {"host": host, "x-amz-content-sha256": nothing, "x-amz-date": moment, **more}
        if self.owner:
            headers["x-amz-expected-bucket-owner"] = self.owner
        if self.credentials.token:
            headers["x-amz-security-token"] = self.credentials.token
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        canonical = "\n".join([method, path, query, lines, names, nothing])
        scope = f"{day}/{self.region}/s3/aws4_request"
        to_sign = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + self.credentials.secret).encode()
        for part in (day, self.region, "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
        who = f"Credential={self.credentials.key}/{scope}, SignedHeaders={names}, Signature={signature}"
        return {**headers, "authorization": f"AWS4-HMAC-SHA256 {who}"}


def local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def text_of(element: ElementTree.Element, name: str) -> str:
    for child in element:
        if local(child.tag) == name:
            return child.text or ""
    return ""


def version_of(line: ElementTree.Element) -> Version:
    return Version(
        key=urllib.parse.unquote_plus(text_of(line, "Key")),
        version_id=text_of(line, "VersionId"),
        marker=local(line.tag) == "DeleteMarker",
        size=int(text_of(line, "Size") or "0"),
        storage_class=text_of(line, "StorageClass") or "STANDARD",
        at=moment_of(text_of(line, "LastModified")) // 1000 * 1000,
    )


def moment_of(text: str) -> int:
    """ms since 1970 of an ISO 8601 moment with its offset."""
    try:
        found = datetime.datetime.fromisoformat(re.sub(r"(\.\d{1,6})\d*", lambda m: m.group(1).ljust(7, "0"), text).replace("Z", "+00:00"))
    except ValueError:
        found = datetime.datetime.min
    if found.tzinfo is None:
        raise Failed(f'"{text}" is no moment: write it as 2026-11-30T12:00:00Z')
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (found - epoch) // datetime.timedelta(milliseconds=1)


# --- What the vault held at a moment ------------------------------------------------------------------------------------


class State(NamedTuple):
    """One vault key as it stood at a moment."""

    key: str
    current: Optional[Version]  # None when it was deleted, or not there yet
    deleted_at: Optional[int]
    last: Optional[Version]  # of what was deleted: what it was before
    versions: List[Version]  # all there are, the newest first


def states_at(vault: Vault, prefix: str, at: float) -> Iterator[State]:
    """The state at a moment: the newest version stored at or before it, unless a delete marker at or before it is newer."""
    group: List[Version] = []
    for version in vault.versions(prefix):
        if group and group[0].key != version.key:
            yield state_of(group, at)
            group = []
        group.append(version)
    if group:
        yield state_of(group, at)


def state_of(versions: List[Version], at: float) -> State:
    deleted_at: Optional[int] = None
    for version in versions:
        if version.at > at:
            continue
        if version.marker:
            deleted_at = version.at  # of several in a row, the oldest is the deletion
        elif deleted_at is None:
            return State(version.key, version, None, None, versions)
        else:
            return State(version.key, None, deleted_at, version, versions)
    return State(versions[0].key, None, deleted_at, None, versions)


class Item(NamedTuple):
    """One thing to restore."""

    key: str
    version: Optional[Version]
    modified_at: Optional[float]
    problem: Optional[str]
    note: Optional[str] = None


# --- Buckets --------------------------------------------------------------------------------------------------------------


def bucket_items(vault: Vault, bucket: str, prefix: str, at: float) -> Iterator[Item]:
    """s3/<bucket>/<key> is the object; a key too long for that lies under ~long, by its hash, its name beside it."""
    base = f"s3/{bucket}/"
    for state in states_at(vault, base + prefix, at):
        if state.current is not None:
            yield Item(state.key[len(base) :], state.current, None, None)
    for state in states_at(vault, f"s3/{bucket}~long/", at):
        if state.key.endswith(".key") or state.current is None:
            continue
        name = long_name(vault, state.key)
        if name is None:
            yield Item(state.key, None, None, "the name of this long key is not in the vault")
        elif name.startswith(prefix):
            yield Item(name, state.current, None, None)


def long_name(vault: Vault, key: str) -> Optional[str]:
    """The hash says which version of the name is the right one."""
    for version in vault.versions(key + ".key"):
        if version.marker or version.key != key + ".key":
            continue
        name = vault.text(version.key, version.version_id)
        if hashlib.sha256(name.encode()).hexdigest() == key.rsplit("/", 1)[1]:
            return name
    return None


# --- WorkDocs sites -------------------------------------------------------------------------------------------------------


class Record(NamedTuple):
    """A user, folder or document as the vault had its record at a moment."""

    id: str
    fields: Optional[Dict[str, Any]]  # None when it cannot be read
    problem: Optional[str]
    later: bool  # captured for the first time after the moment
    deleted_at: Optional[float]


def records_at(vault: Vault, site: str, kind: str, at: float, bins: Set[str]) -> Iterator[Record]:
    prefix = f"workdocs/{site}/{kind}s/"
    for state in states_at(vault, prefix, at):
        if not state.key.endswith(".json"):
            continue
        yield record_of(vault, kind, state.key[len(prefix) : -len(".json")], state, at, bins)


def record_of(vault: Vault, kind: str, id_: str, state: State, at: float, bins: Set[str]) -> Record:
    real = [version for version in state.versions if not version.marker]
    later = state.current is None and state.deleted_at is None
    deleted_at: Optional[float] = state.deleted_at
    chosen = state.current or (state.last if state.deleted_at is not None else (real[-1] if real else None))
    if chosen is None:
        return Record(id_, None, "its records have expired", later, deleted_at)
    fields, problem = read_record(vault, kind, id_, chosen)
    if later and fields is not None and "importedFrom" in fields:
        fields, problem = read_record(vault, kind, id_, real[0])  # an import's last record has all of its past
    if fields is None or not is_recycled(fields, bins):
        return Record(id_, fields, problem, later, deleted_at)
    since = float(chosen.at)
    before: Optional[Dict[str, Any]] = None
    for version in real[real.index(chosen) + 1 :]:
        older, _ = read_record(vault, kind, id_, version)
        if older is not None and not is_recycled(older, bins):
            before = older
            break
        since = float(version.at)
    return Record(id_, before or fields, None, later, min(deleted_at if deleted_at is not None else at, since))


def read_record(vault: Vault, kind: str, id_: str, version: Version) -> Tuple[Optional[Dict[str, Any]], Optional[str]]:
    try:
        fields = json.loads(vault.text(version.key, version.version_id))
    except (Refused, ValueError) as error:
        return None, str(error)
    if isinstance(fields, dict) and fields.get("kind") == kind and fields.get("id") == id_ and fields.get("format") == 1:
        return fields, None
    return None, f"{version.key} is a record of something else"


def is_recycled(fields: Dict[str, Any], bins: Set[str]) -> bool:
    if fields["kind"] == "user":
        return False
    return fields.get("status", "").startswith("RECYCL") or fields.get("parentId", "") in bins


class Folder:
    """One place in the tree. A deleted folder has the same place as another of its name."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.folders: Dict[str, "Folder"] = {}
        self.names: Set[str] = set()
        self.live: Optional["Known"] = None
        self.documents: List["Document"] = []


class Known(NamedTuple):
    id: str
    name: str
    parent: Optional[str]
    created: float
    deleted_at: Optional[float]
    existed: bool


class Placed(NamedTuple):
    folder: Folder
    deleted_at: Optional[float]


class Document(NamedTuple):
    id: str
    name: str
    created: float
    current: Optional[Dict[str, Any]]
    stand_in: Optional[Dict[str, Any]]
    problem: Optional[str]


def site_items(vault: Vault, site: str, prefix: str, at: float) -> List[Item]:
    """Records say what lay where; the bytes lie by the ids of document and version."""
    tree = Tree(vault, site, at)
    kept = bytes_of(vault, site)
    items: List[Item] = []
    tree.items(tree.top.folder, kept, lambda key: is_within(key, prefix), items)
    return sorted(items, key=lambda item: item.key.encode("utf-8"))


def bytes_of(vault: Vault, site: str) -> Dict[str, List[Version]]:
    prefix = f"workdocs/{site}/versions/"
    found: Dict[str, List[Version]] = {}
    for version in vault.versions(prefix):
        if not version.marker:
            found.setdefault(version.key, []).append(version)
    return found


class Tree:
    """All folders of a site at a moment, with their places, and what lay in them."""

    def __init__(self, vault: Vault, site: str, at: float) -> None:
        self.site = site
        self.top = Placed(Folder(""), None)
        self.lost = self.add(self.top, "lost and found", None)
        self.top.folder.names.add("lost and found")
        self.by_id: Dict[str, Placed] = {}
        users = list(records_at(vault, site, "user", at, set()))
        bins = {user.fields["recycleBinFolderId"] for user in users if user.fields and "recycleBinFolderId" in user.fields}
        known = self.known_folders(vault, at, bins)
        roots = [root for user in users for root in root_of(user, known)]
        for user in users:
            add_bin(user, known)
        for root in roots:
            known.pop(root.id, None)
        self.place(roots, known)
        for record in records_at(vault, site, "document", at, bins):
            self.add_document(record, at)

    def known_folders(self, vault: Vault, at: float, bins: Set[str]) -> Dict[str, Known]:
        known: Dict[str, Known] = {}
        for record in records_at(vault, self.site, "folder", at, bins):
            if record.fields is None:
                continue
            created = record.fields.get("createdAt", NEVER)
            known[record.id] = Known(
                record.id,
                name_of(record.fields.get("name"), record.id),
                record.fields.get("parentId"),
                created,
                record.deleted_at,
                not record.later or created <= at,
            )
        return known

    def place(self, roots: List[Known], known: Dict[str, Known]) -> None:
        children: Dict[str, List[Known]] = {}
        for one in known.values():
            if one.parent is not None and one.parent != one.id:
                children.setdefault(one.parent, []).append(one)
        self.place_all(self.top, roots, children)
        for parent in list(children):
            if parent not in known and parent not in self.by_id:
                self.place_all(self.lost_folder(parent), children[parent], children)
        # What nothing leads to goes round in a circle; it is cut open at the smallest id.
        for id_ in sorted(known, key=utf16):
            if id_ in self.by_id:
                continue
            first = smallest_in_circle(id_, known)
            self.place_all(self.lost_folder(first), children.get(first, []), children)

    def place_all(self, parent: Placed, first: List[Known], children: Dict[str, List[Known]]) -> None:
        waiting = [(parent, first)]
        while waiting:
            into, some = waiting.pop()
            for one in self.place_some(into, some):
                waiting.append((self.folder(one.id), children.get(one.id, [])))

    def place_some(self, parent: Placed, some: List[Known]) -> List[Known]:
        fresh = [one for one in some if one.id not in self.by_id]
        live = [one for one in fresh if one.deleted_at is None and parent.deleted_at is None]
        names = unique_names([(one.id, one.name, one.created) for one in live], parent.folder.names, lambda name: (name, ""))
        for one, name in zip(live, names):
            placed = self.add(parent, name, None)
            placed.folder.live = one
            self.by_id[one.id] = placed
        for one in fresh:
            if one not in live:
                self.by_id[one.id] = self.add(parent, one.name, earlier(one.deleted_at, parent.deleted_at))
        return fresh

    def folder(self, id_: Optional[str]) -> Placed:
        if id_ is None:
            return self.lost
        return self.by_id.get(id_) or self.lost_folder(id_)

    def lost_folder(self, id_: str) -> Placed:
        self.by_id[id_] = self.add(self.lost, id_, None)
        self.lost.folder.names.add(id_)
        return self.by_id[id_]

    def add(self, parent: Placed, name: str, deleted_at: Optional[float]) -> Placed:
        there = parent.folder.folders.get(name)
        if there is None:
            there = parent.folder.folders[name] = Folder(f"{parent.folder.key}{encode_part(name)}/")
        return Placed(there, deleted_at)

    def add_document(self, record: Record, at: float) -> None:
        folder = self.folder((record.fields or {}).get("parentId"))
        if earlier(record.deleted_at, folder.deleted_at) is not None:
            return
        if record.fields is None:
            if not record.later:
                folder.folder.documents.append(Document(record.id, record.id, NEVER, None, None, record.problem))
            return
        found = version_at(record.fields, at if record.later else None)
        if found is None:
            return
        current, stand_in = found
        name = record.fields.get("name") or (current or {}).get("name")
        created = record.fields.get("createdAt", NEVER)
        folder.folder.documents.append(
            Document(record.id, name_of(name, record.id), created, current, stand_in, None)
        )

    def items(self, folder: Folder, kept: Dict[str, List[Version]], wanted: Callable[[str], bool], items: List[Item]) -> bool:
        """@returns whether something lives in it, or somewhere below it"""
        filled = False
        for below in folder.folders.values():
            filled = self.items(below, kept, wanted, items) or filled
        documents = folder.documents
        names = unique_names([(one.id, one.name, one.created) for one in documents], set(folder.names), before_extension)
        for one, name in zip(documents, names):
            key = folder.key + encode_part(name)
            if wanted(key):
                items.append(self.item(key, one, kept))
        if folder.live is None or not folder.live.existed:
            return filled or bool(documents)
        if not filled and not documents and wanted(folder.key):
            created = folder.live.created
            items.append(Item(folder.key, None, created if created != NEVER else None, None))
        return True

    def item(self, key: str, document: Document, kept: Dict[str, List[Version]]) -> Item:
        found = self.kept_of(document, document.current, kept)
        if found is not None and document.current is not None:
            return Item(key, found, content_time(document.current), None)
        why = document.problem or "the vault has no bytes of its version " + str((document.current or {}).get("id"))
        stand_in = self.kept_of(document, document.stand_in, kept)
        if stand_in is not None and document.stand_in is not None:
            return Item(key, stand_in, content_time(document.stand_in), None, f"{why}; the version before it is taken")
        return Item(key, None, None, why)

    def kept_of(self, document: Document, version: Optional[Dict[str, Any]], kept: Dict[str, List[Version]]) -> Optional[Version]:
        if version is None:
            return None
        key = f"workdocs/{self.site}/versions/{document.id}/{version['id']}"
        named = version.get("kept") or {}
        for one in kept.get(key, []):
            if named.get("key") != key or named.get("versionId") == one.version_id:
                return one
        return None


def root_of(user: Record, known: Dict[str, Known]) -> List[Known]:
    """A user's root folder goes by the user's name."""
    fields = user.fields or {}
    root = fields.get("rootFolderId")
    if root is None:
        return []
    there = known.get(root)
    created = fields.get("createdAt", NEVER)
    name = name_of(fields.get("name"), user.id)
    return [Known(root, name, None, created, there.deleted_at if there else None, there.existed if there else False)]


def add_bin(user: Record, known: Dict[str, Known]) -> None:
    fields = user.fields or {}
    root, bin_ = fields.get("rootFolderId"), fields.get("recycleBinFolderId")
    if bin_ is not None and root is not None and bin_ != root:
        known[bin_] = Known(bin_, "recycle bin", root, NEVER, NEVER, False)


def smallest_in_circle(id_: str, known: Dict[str, Known]) -> str:
    def above(of: str) -> str:
        return (known[of].parent if of in known else None) or of

    seen: Set[str] = set()
    while id_ not in seen:
        seen.add(id_)
        id_ = above(id_)
    smallest, at = id_, above(id_)
    while at != id_:
        smallest, at = min(smallest, at, key=utf16), above(at)
    return smallest


def version_at(record: Dict[str, Any], before: Optional[float]) -> Optional[Tuple[Optional[Dict[str, Any]], Optional[Dict[str, Any]]]]:
    """The version that was current, and what stands in for one whose bytes are not in the vault."""
    latest = record.get("latest")
    made = [one for one in record["versions"] if before is None or one.get("createdAt", NEVER) <= before]
    made.sort(key=lambda one: (one.get("createdAt", 0), one["id"] == latest))
    made = [one for one in made if one.get("missing") != "uploading"]
    if before is None:
        current = next((one for one in made if one["id"] == latest), None)
    else:
        current = made[-1] if made else None
        if current is None:
            return None
    if current is not None and "kept" in current:
        return current, None
    up_to = made if current is None else made[: made.index(current)]
    stand_in = next((one for one in reversed(up_to) if "kept" in one and one.get("status") != "DELETED"), None)
    return current, stand_in


def content_time(version: Dict[str, Any]) -> Optional[float]:
    year_10000 = 253402300800000
    for name in ("contentModifiedAt", "modifiedAt", "createdAt"):
        if 0 < version.get(name, 0) < year_10000:
            return float(version[name])
    return None


def unique_names(things: List[Tuple[str, str, float]], taken: Set[str], cut: Callable[[str], Tuple[str, str]]) -> List[str]:
    """Of several with one name the first keeps it; the others become "name (2).ext", never a name that something else has."""
    wanted = {name for _, name, _ in things}
    order = sorted(range(len(things)), key=lambda index: (things[index][2], utf16(things[index][0])))
    names = [""] * len(things)
    for index in order:
        name = free = things[index][1]
        stem, rest = cut(name)
        n = 2
        while free in taken or (free != name and free in wanted):
            free, n = f"{stem} ({n}){rest}", n + 1
        taken.add(free)
        names[index] = free
    return names


def before_extension(name: str) -> Tuple[str, str]:
    dot = name.rfind(".")
    return (name[:dot], name[dot:]) if dot > 0 else (name, "")


def name_of(name: Optional[str], id_: str) -> str:
    return id_ if not name else re.sub("[\ud800-\udfff]", "\ufffd", name)


def encode_part(name: str) -> str:
    """A name of WorkDocs as one part of a path: it may hold slashes."""
    return re.sub(r"%(?:25)*2F", lambda match: "%25" + match.group()[1:], name).replace("/", "%2F")


def is_within(path: str, asked: str) -> bool:
    return asked == "" or path == asked or path.startswith(asked if asked.endswith("/") else asked + "/")


def earlier(a: Optional[float], b: Optional[float]) -> Optional[float]:
    return (b if a is None else a) if a is None or b is None else min(a, b)


def utf16(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


# --- Names of files ---------------------------------------------------------------------------------------------------

MARK = "%~"
REFUSED = re.compile('[\x00-\x1f\x7f-\x9f\ud800-\udfff\\\\:*?"<>|]|%(?=[0-9A-F]{2}|~)|[. ]\\Z')
DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|\Z)", re.IGNORECASE | re.ASCII)
EXTENSION = re.compile(r"(.+?)(\.[A-Za-z0-9]{1,16})\Z", re.DOTALL)


def escape(segment: str) -> str:
    if segment == "":
        return MARK + "empty"
    escaped = REFUSED.sub(lambda match: percent(match.group()), segment)
    return percent(escaped[0]) + escaped[1:] if DEVICE.match(escaped) else escaped


def percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def digest(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]


def extension_of(name: str) -> str:
    match = EXTENSION.match(name)
    return match.group(2) if match else ""


def size_of(text: str) -> int:
    return len(text.encode("utf-8"))


def file_name(segment: str, case: bool = False, beside_folder: bool = False) -> str:
    escaped = escape(segment)
    suffix = (f"{MARK}case-{digest(segment, 8)}" if case else "") + (f"{MARK}file" if beside_folder else "")
    extension = extension_of(escaped)
    stem = escaped[: len(escaped) - len(extension)]
    whole = stem + suffix + extension if suffix else escaped
    if size_of(whole) <= 255:
        return whole
    cut = ""
    for char in escaped:
        if size_of(cut + char) > 180:
            break
        cut += char
    return f"{cut}{MARK}long-{digest(segment, 32)}{suffix}{extension}"


def short_path(path: str, key: str) -> str:
    if size_of(path) <= 900:
        return path
    return f"{MARK}long/{digest(key, 32)}" + ("/" if path.endswith("/") else extension_of(key))


def fold(name: str) -> str:
    low = unicodedata.normalize("NFD", name).lower().upper().lower()
    return unicodedata.normalize("NFC", low)


class Naming:
    """Gives each key its path. Whether a name needs a suffix depends on the others, so all are learned first."""

    def __init__(self, keys: Iterable[str], insensitive: bool) -> None:
        self.same = fold if insensitive else (lambda name: name)
        self.spellings: Dict[Tuple[str, str], Set[str]] = {}
        self.folders: Set[Tuple[str, str]] = set()
        for key in keys:
            *above, last = key.split("/")
            for depth, name in enumerate(above):
                group = self.learn("".join(part + "/" for part in above[:depth]), name)
                self.folders.add(group)
            if last:
                self.learn("".join(part + "/" for part in above), last)

    def learn(self, above: str, segment: str) -> Tuple[str, str]:
        group = (above, self.same(file_name(segment)))
        self.spellings.setdefault(group, set()).add(segment)
        return group

    def path(self, key: str, size: int) -> str:
        *above, last = key.split("/")
        path = ""
        for depth, name in enumerate(above):
            path += self.name("".join(part + "/" for part in above[:depth]), name, False) + "/"
        if last:
            path += self.name("".join(part + "/" for part in above), last, True)
        elif size > 0:
            path += MARK + "folder"
        return short_path(path, key)

    def name(self, above: str, segment: str, is_file: bool) -> str:
        group = (above, self.same(file_name(segment)))
        return file_name(segment, len(self.spellings[group]) > 1, is_file and group in self.folders)


# --- Into a folder ------------------------------------------------------------------------------------------------------


class Target:
    """A folder. No path below it goes through a symbolic link, and nothing in it is written over."""

    def __init__(self, root: str) -> None:
        os.makedirs(root, exist_ok=True)
        self.root = os.path.realpath(root)
        self.part = os.path.join(self.root, f"{MARK}part-{secrets.token_hex(4)}")

    def is_insensitive(self) -> bool:
        with open(self.part, "wb"):
            pass
        try:
            return os.path.exists(self.part.upper())
        finally:
            os.unlink(self.part)

    def prepare(self, path: str) -> str:
        """Makes the folders on the way to a path."""
        at = self.root
        *above, last = path.split("/")
        for name in above:
            at = os.path.join(at, name)
            try:
                os.mkdir(at)
            except FileExistsError:
                if not stat.S_ISDIR(os.lstat(at).st_mode):
                    raise Refused(f"{at} stands in the way") from None
        return os.path.join(at, last) if last else at

    def place(self, path: str, modified_at: float) -> None:
        """Puts the finished file where nothing is."""
        whole = self.prepare(path)
        ns = int(modified_at) * 1_000_000
        os.utime(self.part, ns=(ns, ns))
        if os.path.lexists(whole):
            raise Refused(f"{whole} is there already, and is left alone")
        os.rename(self.part, whole)

    def clean(self) -> None:
        if os.path.lexists(self.part):
            os.unlink(self.part)


def fetch(vault: Vault, version: Version, part: str) -> Dict[str, str]:
    """Writes the bytes of a version, and checks them. @returns the headers"""
    for attempt in range(3):
        answer = vault.get(version.key, version.version_id)
        checks = running_checks(answer.headers)
        size = 0
        try:
            with open(part, "wb") as file:
                while True:
                    chunk = answer.body.read(CHUNK)
                    if not chunk:
                        break
                    size += len(chunk)
                    file.write(chunk)
                    for check in checks:
                        check.update(chunk)
        except (socket.timeout, http.client.HTTPException, ConnectionError):
            size = -1
        if size == version.size:
            break
        vault.close()
        if attempt == 2:
            raise Refused(f"only {max(size, 0)} of its {version.size} bytes came")
    for check in checks:
        if check.value() != check.wanted:
            raise Refused(f"its bytes are damaged in the vault: {check.name} is not what S3 kept")
    return answer.headers


class Check:
    """A checksum that S3 keeps of the whole object."""

    def __init__(self, name: str, wanted: str) -> None:
        self.name = name
        self.wanted = wanted
        self.hash = hashlib.new(name.lower()) if name in ("SHA1", "SHA256") else None
        self.crc = 0
        self.table = TABLES.get(name)

    def update(self, chunk: bytes) -> None:
        if self.hash is not None:
            self.hash.update(chunk)
        elif self.table is None:
            self.crc = zlib.crc32(chunk, self.crc)
        else:
            self.crc = fast_crc(self.name, chunk, self.crc, self.table)

    def value(self) -> str:
        if self.hash is not None:
            return base64.b64encode(self.hash.digest()).decode()
        return base64.b64encode(self.crc.to_bytes(8 if self.name == "CRC64NVME" else 4, "big")).decode()


def table_of(polynomial: int) -> List[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ polynomial if byte & 1 else byte >> 1
        table.append(byte)
    return table


# Reflected. Source: Amazon S3 User Guide, "Checking object integrity"; RFC 3720 (CRC-32C); NVM Express (CRC-64/NVME).
TABLES = {"CRC32C": table_of(0x82F63B78), "CRC64NVME": table_of(0x9A6C9329AC4BC9B5)}


def fast_crc(name: str, chunk: bytes, crc: int, table: List[int]) -> int:
    try:
        from awscrt import checksums  # type: ignore

        return (checksums.crc32c if name == "CRC32C" else checksums.crc64nvme)(chunk, crc)
    except (ImportError, AttributeError):
        pass
    mask = 0xFFFFFFFFFFFFFFFF if name == "CRC64NVME" else 0xFFFFFFFF
    crc ^= mask
    for byte in chunk:
        crc = (crc >> 8) ^ table[(crc ^ byte) & 0xFF]
    return crc ^ mask


def running_checks(headers: Dict[str, str]) -> List[Check]:
    """Those of the whole object: one of parts has a dash and the number of parts behind it."""
    checks = []
    for name in ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"):
        wanted = headers.get(f"x-amz-checksum-{name.lower()}")
        if wanted is not None and "-" not in wanted and headers.get("x-amz-checksum-type", "FULL_OBJECT") == "FULL_OBJECT":
            checks.append(Check(name, wanted))
    return checks


def time_in(headers: Dict[str, str]) -> Optional[float]:
    """When a file was last changed, as tools keep it in metadata: rclone and others, s3cmd, DataSync, gsutil."""
    s3cmd = re.search(r"(?:^|/)mtime:([^/]*)", headers.get("x-amz-meta-s3cmd-attrs", ""))
    readings = [
        seconds(headers.get("x-amz-meta-mtime", "")),
        seconds(s3cmd.group(1) if s3cmd else ""),
        file_mtime(headers.get("x-amz-meta-file-mtime", "")),
        seconds(headers.get("x-amz-meta-goog-reserved-file-mtime", "")),
    ]
    return next((at for at in readings if at is not None), None)


def seconds(text: str) -> Optional[float]:
    match = re.fullmatch(r"(-?)(\d{1,12})(?:\.(\d{0,18}))?", text, re.ASCII)
    return None if match is None else in_ms(match.group(1), match.group(2), match.group(3) or "")


def file_mtime(text: str) -> Optional[float]:
    match = re.fullmatch(r"(-?)(\d{1,21})ns", text, re.ASCII)
    if match is None:
        return seconds(text)
    digits = match.group(2).rjust(10, "0")
    return in_ms(match.group(1), digits[:-9], digits[-9:])


def in_ms(sign: str, whole: str, fraction: str) -> float:
    ms = int(whole) * 1000 + int(fraction[:3].ljust(3, "0"))
    more = re.search("[1-9]", fraction[3:]) is not None
    return float(ms if sign != "-" else -ms - more)


def modified_at(item: Item, version: Version, headers: Dict[str, str]) -> float:
    if item.modified_at is not None:
        return item.modified_at
    at = time_in(headers)
    earliest, day = (1 - 2**31) * 1000, 24 * 3600 * 1000
    return at if at is not None and earliest <= at <= version.at + day else float(version.at)


def restore(vault: Vault, items: List[Item], to: str, say: Callable[[str], None]) -> int:
    target = Target(to)
    naming = Naming([item.key for item in items], target.is_insensitive())
    names: List[str] = []
    done = problems = notes = 0
    for item in items:
        path = naming.path(item.key, item.version.size if item.version else 0)
        try:
            if item.problem is not None:
                raise Refused(item.problem)
            bring(vault, item, path, target)
            done += 1
            if path != item.key:
                names.append(json.dumps({"path": path, "key": item.key}, ensure_ascii=False, separators=(",", ":")) + "\n")
            if item.note is not None:
                notes += 1
                say(f"note: {shown(item.key)}: {item.note}")
        except (Refused, OSError) as error:
            problems += 1
            say(f"problem: {shown(item.key)}: {error}")
        finally:
            target.clean()
        if (done + problems) % 100 == 0:
            print(f"{done + problems} of {len(items)}", file=sys.stderr)
    if names:
        with open(os.path.join(target.root, f"{MARK}names.jsonl"), "a", encoding="utf-8") as file:
            file.writelines(names)
    say(f"{done} restored into {to}, {problems} not, of {len(items)}")
    return 0 if problems == 0 and notes == 0 else 3


def bring(vault: Vault, item: Item, path: str, target: Target) -> None:
    if path.endswith("/") or path == "":
        target.prepare(path)
        return
    if item.version is None:
        raise Refused("the vault has no bytes of it")
    whole = target.prepare(path)
    if os.path.lexists(whole):
        raise Refused(f"{whole} is there already, and is left alone")
    headers = fetch(vault, item.version, target.part)
    target.place(path, modified_at(item, item.version, headers))


def shown(text: str) -> str:
    """A key can hold what would move a terminal's cursor."""
    return "".join(char if char.isprintable() else percent(char) for char in text)


# --- The command line -----------------------------------------------------------------------------------------------------


def items_of(vault: Vault, source: str, at: float) -> List[Item]:
    bucket = re.fullmatch(r"s3://([^/~]+)(?:/(.*))?", source, re.DOTALL)
    if bucket is not None:
        return list(bucket_items(vault, bucket.group(1), bucket.group(2) or "", at))
    site = re.fullmatch(r"workdocs://([^/]+)(?:/(.*))?", source, re.DOTALL)
    if site is not None:
        return site_items(vault, site.group(1), site.group(2) or "", at)
    raise Failed(f'"{source}" is no source that this script can read: s3://bucket[/prefix] or workdocs://site[/user/folder]')


def sources_of(vault: Vault) -> List[str]:
    buckets = sorted({name.split("~")[0] for name in vault.folders("s3/")})
    return [f"s3://{name}" for name in buckets] + [f"workdocs://{name}" for name in vault.folders("workdocs/")]


def parse(arguments: List[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="holdfast-restore.py",
        description=(__doc__ or "").split("\n\n", 1)[0],
        epilog=(__doc__ or "").split("\n\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("vault", help="the vault's bucket")
    parser.add_argument("--region", help="of the vault; S3 tells it otherwise")
    parser.add_argument("--owner", default=OWNER, help="the account that the vault has to belong to; any where empty (%(default)s)")
    parser.add_argument("--profile", help="of the AWS CLI's configuration")
    parser.add_argument("--endpoint-url", help="of an S3 that is not AWS's")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the sources that the vault has")
    for name, what in (("ls", "what a source held"), ("restore", "bring a source back into a folder")):
        command = commands.add_parser(name, help=what)
        command.add_argument("source", help="s3://bucket[/prefix] or workdocs://site[/user/folder]")
        command.add_argument("--at", help="a moment: 2026-11-30T12:00:00Z; the newest unless given")
        if name == "restore":
            command.add_argument("--to", required=True, help="a folder")
    return parser.parse_args(arguments)


def main(arguments: List[str]) -> int:
    options = parse(arguments)
    try:
        vault = Vault(
            options.vault, options.owner, find_credentials(options.profile), options.region, options.endpoint_url
        )
        if options.command == "list":
            for source in sources_of(vault):
                print(source)
            return 0
        at = NEVER if options.at is None else moment_of(options.at)
        items = items_of(vault, options.source, at)
        if not items:
            raise Failed(f"the vault had nothing of {options.source} then: see list, and mind the moment")
        if options.command == "restore":
            return restore(vault, items, options.to, print)
        for item in items:
            print(f"{item.version.size if item.version else 0:>15} {shown(item.key)}" + (f"  ({item.problem})" if item.problem else ""))
        return 0
    except (Failed, Refused) as error:
        fail(str(error))
    except KeyboardInterrupt:
        return 130


def fail(why: str) -> NoReturn:
    print(f"holdfast-restore.py: {why}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
