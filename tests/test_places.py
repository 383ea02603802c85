"""From a JSON pointer to the place in the source."""

import pytest

from guardrun.model import Place
from guardrun.read import parse_template

YAML = b"""\
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub '${AWS::StackName}-jobs'
      RedrivePolicy:
        deadLetterTargetArn: !GetAtt Dead.Arn
      Tags:
        - Key: team
          Value: blue
      "a/b": |
        two
        lines
  Dead: &dead
    Type: AWS::SQS::Queue
  Third:
    <<: *dead
"""
JSON = b'{\n  "Resources": {\n    "Q": {"Type": "AWS::SQS::Queue", "Properties": {"Tags": [{"Key": "t"}]}}\n  }\n}\n'


def at(data: bytes, pointer: str) -> tuple[int, int, int]:
    place = parse_template(data, "t").place(pointer)
    return place.line, place.column, place.end_column


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/Resources/Queue/Type", (3, 11, 26)),  # a scalar: itself
        ("/Resources/Queue/Properties/Tags", (8, 7, 11)),  # a list: its key
        ("/Resources/Queue/Properties/Tags/0", (9, 11, 14)),  # an item: its first key
        ("/Resources/Queue/Properties/Tags/0/Value", (10, 18, 22)),
        ("/Resources/Queue/Properties/QueueName", (5, 18, 47)),
        ("/Resources/Queue/Properties/QueueName/Fn::Sub", (5, 18, 47)),  # a short form: as written
        ("/Resources/Queue/Properties/RedrivePolicy/deadLetterTargetArn/Fn::GetAtt/0", (7, 30, 46)),
        ("/Resources/Queue/Properties/RedrivePolicy/maxReceiveCount", (6, 7, 20)),  # missing: the mapping's key
        ("/Resources/Queue/Properties", (2, 3, 8)),  # a property is missing: the logical id
        ("/Resources/Queue", (2, 3, 8)),
        ("/Resources/Queue/Properties/a~1b", (11, 7, 12)),  # several lines: the key
        ("/Resources/Third/Type", (15, 11, 26)),  # merged: where it was written
        ("/Outputs/Missing", (1, 1, 10)),
        ("", (1, 1, 1)),
    ],
)
def test_a_pointer_leads_to_its_place_in_yaml(pointer: str, expected: tuple[int, int, int]) -> None:
    assert at(YAML, pointer) == expected


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/Resources/Q/Type", (3, 19, 36)),
        ("/Resources/Q/Properties/Tags/0/Key", (3, 70, 73)),
        ("/Resources/Q/Properties/Tags/0", (3, 63, 68)),
        ("/Resources/Q", (3, 5, 8)),
    ],
)
def test_a_pointer_leads_to_its_place_in_json(pointer: str, expected: tuple[int, int, int]) -> None:
    assert at(JSON, pointer) == expected


def test_a_place_ends_on_its_own_line() -> None:
    assert parse_template(YAML, "t").place("/Resources/Queue/Type") == Place(3, 11, 3, 26)
