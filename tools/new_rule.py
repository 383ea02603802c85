"""Start a rule: write its file and its tests, ready to be filled in.

Usage: python tools/new_rule.py NAME CATEGORY
"""

import sys
from pathlib import Path

from guardrun.errors import GuardrunError
from guardrun.model import CATEGORIES

ROOT = Path(__file__).parent.parent

RULE = """\
# title: What holds when the rule passes
# severity: medium
# profile: core
# resources: [AWS::S3::Bucket]
# controls: []
# why: What goes wrong otherwise.
# fix: |
#   What to do, in one or two sentences.
#
#       Bucket:
#         Type: AWS::S3::Bucket
# references: []

let s3_buckets = Resources.*[ Type == 'AWS::S3::Bucket' ]

rule {id} when %s3_buckets !empty {{
  %s3_buckets {{
    Properties.BucketName exists
      << what is wrong with this bucket >>
  }}
}}
"""

CASE = """\
- name: {status}, what the case shows
  input:
    Resources:
      Example:
        Type: {type}
{properties}  expectations:
    rules:
      {id}: {status}
"""


def main(name: str, category: str) -> None:
    """Write both files; refuse what exists."""
    stem = name.lower().replace("-", "_")
    if category not in CATEGORIES:
        raise GuardrunError(f"{category!r} is no category", hint=f"choose from {', '.join(CATEGORIES)}")
    if not stem.isidentifier():
        raise GuardrunError(f"{name!r} is no name", hint="write words joined by underscores")
    write(ROOT / "guard-rules" / category / f"{stem}.guard", RULE.format(id=stem.upper()))
    write(ROOT / "rule-tests" / category / f"{stem}_tests.yaml", cases(stem.upper()))


def cases(rule: str) -> str:
    """One case for each status."""
    named = "        Properties:\n          BucketName: example\n"
    kinds = {"PASS": ("AWS::S3::Bucket", named), "FAIL": ("AWS::S3::Bucket", ""), "SKIP": ("AWS::SNS::Topic", "")}
    return "\n".join(
        CASE.format(id=rule, status=status, type=kind, properties=properties)
        for status, (kind, properties) in kinds.items()
    )


def write(path: Path, text: str) -> None:
    """Write a new file."""
    if path.exists():
        raise GuardrunError("the file exists", path=str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(path.relative_to(ROOT))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (GuardrunError, TypeError) as error:
        sys.exit(f"new_rule: {error}\nusage: make rule NAME=s3_bucket_versioning_enabled CATEGORY=compliance")
