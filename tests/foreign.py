"""Rules as others write them, for tests of packs that are not in our own layout."""

import io
import tarfile
import zipfile
from pathlib import Path

from guardrun.pack import added

TAGGED = """\
# Our buckets, as rule NOBODY { would have them
let buckets = Resources.*[ Type == 'AWS::S3::Bucket' ]
  rule ACME_TAGGED when %buckets !empty {
  %buckets.Properties.BucketName exists
  %buckets.Properties.Tags exists
  <<
    Violation: buckets have no tags
    Fix: Add Tags
  >>
}
rule ACME_NAMED when ACME_TAGGED { is_named(%buckets) << no name >> }
rule is_named(some) { %some.Properties.BucketName exists }
"""
TOPICS = "rule ACME_TOPICS { Resources.*[ Type == 'AWS::SNS::Topic' ].Properties.TopicName exists }\n"


def write(path: str, text: str | bytes) -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def wheel_of(files: dict[str, str]) -> bytes:
    """A wheel like the one that Control Tower's rules are in."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr(added.ARCHIVE, inner.getvalue())
    return outer.getvalue()
