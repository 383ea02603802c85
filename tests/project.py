"""A small project for tests that run the command: a rule on the names of buckets, and templates."""

import os
import subprocess
import sys
from pathlib import Path

HEADER = """\
# title: {id} holds
# severity: {severity}
# profile: {profile}
# resources: [{type}]
# why: w
# fix: Mend it.
"""
NAMED = """
let s3_buckets = Resources.*[ Type == 'AWS::S3::Bucket' ]

rule BUCKET_NAMED when %s3_buckets !empty {
  %s3_buckets { Properties.BucketName exists << the bucket has no name >> }
}
"""
GOOD = "Resources:\n  Logs:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: logs\n"
BAD = "Resources:\n  Logs:\n    Type: AWS::S3::Bucket\n"


def rule(name: str, body: str, severity: str = "medium", profile: str = "core", kind: str = "AWS::S3::Bucket") -> None:
    path = Path("rules/naming", f"{name}.guard")
    path.parent.mkdir(parents=True, exist_ok=True)
    header = HEADER.format(id=name, severity=severity, profile=profile, type=kind)
    path.write_text(header + body, encoding="utf-8")


def guardrun(
    *arguments: str, stdin: str = "", cwd: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "guardrun", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, **environment},
    )


def small_project() -> None:
    """A rule that one of two templates complies with, in the working directory."""
    rule("named", NAMED)
    Path("good.yaml").write_text(GOOD, encoding="utf-8")
    Path("bad.yaml").write_text(BAD, encoding="utf-8")


def git(*arguments: str) -> str:
    """Run git in the working directory, whoever this machine's user is."""
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    return subprocess.run(["git", *identity, *arguments], capture_output=True, text=True, check=True).stdout
