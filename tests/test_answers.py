"""Finding the template in an answer, and the project around it."""

import pytest

from guardrun.answers import Answer, Extraction, extract, extract_all
from guardrun.answers.blocks import blocks_and_prose
from guardrun.answers.project import project_of

QUEUE = "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n"
JSON_QUEUE = '{\n  "Resources": {\n    "Jobs": {"Type": "AWS::SQS::Queue"}\n  }\n}\n'


def found(text: str, **about: bool) -> Extraction:
    return extract(Answer("answer", text, **about))


def line_of(extraction: Extraction, pointer: str) -> int:
    assert extraction.template
    return extraction.template.place(pointer).line


@pytest.mark.parametrize("language", ["yaml", "yml", "YAML", "cloudformation", "", "text", 'yaml title="a.yaml"'])
def test_a_fenced_template_is_found_whatever_its_block_is_called(language: str) -> None:
    extraction = found(f"Here it is:\n\n```{language}\n{QUEUE}```\nDone.\n")
    assert (extraction.status, extraction.fences) == ("found", 1)
    assert line_of(extraction, "/Resources/Jobs/Type") == 6


def test_json_is_found_with_and_without_its_language() -> None:
    assert found(f"```json\n{JSON_QUEUE}```").status == found(f"```\n{JSON_QUEUE}```").status == "found"


def test_tildes_and_longer_fences_are_fences() -> None:
    assert found(f"~~~yaml\n{QUEUE}~~~\n").status == "found"
    assert found(f"`````yaml\n{QUEUE}`````\n").status == "found"


def test_a_fence_in_a_list_keeps_the_columns_of_the_answer() -> None:
    indented = "".join(f"   {line}\n" for line in QUEUE.splitlines())
    extraction = found(f"1. The template:\n\n   ```yaml\n{indented}   ```\n")
    assert extraction.template
    place = extraction.template.place("/Resources/Jobs/Type")
    assert (place.line, place.column) == (6, 14)


def test_a_quoted_fence_is_read_without_its_marks() -> None:
    quoted = "".join(f"> {line}\n" for line in f"```yaml\n{QUEUE}```".splitlines())
    assert line_of(found(f"You said:\n\n{quoted}"), "/Resources/Jobs/Type") == 6


def test_the_largest_template_is_judged() -> None:
    larger = QUEUE + "  More:\n    Type: AWS::SNS::Topic\n"
    extraction = found(f"```yaml\n{QUEUE}```\n```yaml\n{larger}```\n```yaml\n{QUEUE}```\n")
    assert (extraction.fences, extraction.candidates) == (3, 3)
    assert extraction.template
    assert list(extraction.template.types) == ["Jobs", "More"]


def test_code_in_another_language_is_no_template_however_large() -> None:
    script = "```python\n" + "TEMPLATE = '''\nResources:\n  A:\n    Type: AWS::SNS::Topic\n'''\n" * 20 + "```\n"
    extraction = found(f"{script}```yaml\n{QUEUE}```\n")
    assert extraction.template
    assert list(extraction.template.types) == ["Jobs"]


def test_a_markdown_block_may_hold_the_template() -> None:
    extraction = found(f"```markdown\n# The stack\n\n```yaml\n{QUEUE}```\n\nMore.\n```\n")
    assert line_of(extraction, "/Resources/Jobs/Type") == 7


def test_a_fence_with_a_language_ends_a_block_that_was_left_open() -> None:
    extraction = found(f"```yaml\n{QUEUE}\nThen deploy it.\n```bash\naws cloudformation deploy\n```\n")
    assert extraction.status == "unparseable"
    assert [block.language for block in extraction.blocks] == ["bash"]
    extraction = found(f"```yaml\n{QUEUE}```bash\naws cloudformation deploy\n```\n")
    assert extraction.status == "found"


def test_a_fence_right_behind_the_last_bracket_ends_its_block() -> None:
    extraction = found(f"```json\n{JSON_QUEUE.rstrip()}```\n\n  rest of another one\n```\n")
    assert extraction.status == "found"
    assert "rest of another one" in extraction.prose


def test_a_deeper_fence_is_text_of_the_template() -> None:
    readme = "    Metadata:\n      Readme: |\n        ```bash\n        ls\n        ```\n"
    extraction = found(f"```yaml\n{QUEUE}{readme}```\n")
    assert extraction.template
    assert "```bash" in extraction.template.resources["Jobs"]["Metadata"]["Readme"]


def test_a_template_without_any_fence_is_found_between_the_prose() -> None:
    text = (
        f"Sure, here is the template:\n\nAWSTemplateFormatVersion: '2010-09-09'\n{QUEUE}\nDeploy it with the console.\n"
    )
    extraction = found(text)
    assert extraction.status == "found"
    assert line_of(extraction, "/Resources/Jobs/Type") == 6
    assert "console" in extraction.prose
    assert "AWSTemplateFormatVersion" not in extraction.prose


@pytest.mark.parametrize(
    "section", ["Description: what you asked for.", "Parameters: see below.", "Outputs: none yet."]
)
def test_a_template_without_any_fence_begins_at_its_own_sections(section: str) -> None:
    template = f"Description: Jobs\nParameters: {{}}\n{QUEUE}Outputs: {{}}\n"
    extraction = found(f"{section}\n\n{template}\n{section}\n")
    assert line_of(extraction, "/Resources/Jobs/Type") == 7


def test_a_template_on_one_line_is_one() -> None:
    line = '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}, "News": {}}}'
    small = "Resources:\n  A:\n    Type: AWS::SQS::Queue\n"
    extraction = found(f"```json\n{line}\n```\n```yaml\n{small}```\n")
    assert extraction.template
    assert list(extraction.template.types) == ["Jobs", "News"]


def test_json_without_any_fence_is_found_between_the_prose() -> None:
    extraction = found(f"Here:\n{JSON_QUEUE}\nThat is all.\n")
    assert line_of(extraction, "/Resources/Jobs") == 4


def test_a_plain_template_is_an_answer() -> None:
    assert found(QUEUE).status == found(JSON_QUEUE).status == found(f"---\n{QUEUE}").status == "found"


def test_lines_end_as_they_like() -> None:
    extraction = found(f"Hi\n```yaml\n{QUEUE}```\n".replace("\n", "\r\n"))
    assert line_of(extraction, "/Resources/Jobs/Type") == 5


def test_only_line_feeds_count_lines() -> None:
    extraction = found(f"One\u2028two\x0cthree\n```yaml\n{QUEUE}```\n")
    assert line_of(extraction, "/Resources/Jobs/Type") == 5


def test_drafts_of_a_model_that_thinks_aloud_do_not_count() -> None:
    draft = f"<think>\nPerhaps\n```yaml\n{QUEUE}{'  # more' * 50}\n```\nno.\n</think>\n"
    extraction = found(f"{draft}```yaml\n{QUEUE}```\n")
    assert (extraction.status, extraction.candidates) == ("found", 1)
    assert line_of(extraction, "/Resources") == 12
    assert found(f"<think>\n```yaml\n{QUEUE}```\n").status == "none"


def test_thoughts_whose_opening_tag_stands_in_the_prompt_do_not_count() -> None:
    extraction = found(f"Perhaps\n```yaml\n{QUEUE}{'  # more' * 50}\n```\nno.</think>\n```yaml\n{QUEUE}```\n")
    assert (extraction.status, extraction.candidates) == ("found", 1)
    assert line_of(extraction, "/Resources") == 10


def test_a_tag_in_the_middle_of_a_line_is_no_thought() -> None:
    assert found(f"Use <think> if you like.\n```yaml\n{QUEUE}```\n").status == "found"


def test_a_template_that_a_shell_block_writes_is_found() -> None:
    for opening in ("cat > infra/jobs.yaml <<'EOF'", "cat <<-EOF > infra/jobs.yaml", "tee infra/jobs.yaml << EOF"):
        for language in ("bash", ""):
            extraction = found(f"Run:\n```{language}\nmkdir infra\n{opening}\n{QUEUE}EOF\naws s3 ls\n```\n")
            assert line_of(extraction, "/Resources/Jobs/Type") == 7
            assert project_of(extraction)[1] == "infra/jobs.yaml"


def test_what_else_a_shell_block_writes_is_a_file_of_the_project() -> None:
    script = f"cat > jobs.yaml <<EOF\n{QUEUE}    Condition: \\$x\nEOF\ncat > test_jobs.py <<EOF\nimport pytest\nEOF\n"
    extraction = found(f"```sh\n{script}```\n")
    assert [file.path for file in project_of(extraction)[0].files if file.path != "jobs.yaml"] == [
        "run2.sh",
        "test_jobs.py",
    ]
    assert extraction.template
    assert extraction.template.resources["Jobs"]["Condition"] == "$x"


def test_a_template_in_a_shell_block_that_writes_nothing_is_none() -> None:
    assert found(f"```bash\npython <<EOF\n{QUEUE}EOF\n```\n").status == "none"


def test_several_templates_in_one_block_are_told_apart() -> None:
    network = "Resources:\n  Net:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock: 10.0.0.0/16\n"
    extraction = found(f"```yaml\n{QUEUE}---\n{network}```\n")
    assert extraction.candidates == 2
    assert line_of(extraction, "/Resources/Net/Type") == 8


def test_all_blocks_gives_each_template_in_order() -> None:
    network = "Resources:\n  Net:\n    Type: AWS::EC2::VPC\n"
    both = extract_all(Answer("answer", f"```yaml\n{QUEUE}```\n```yaml\n{network}```\n"))
    assert [list(one.template.types) for one in both if one.template] == [["Jobs"], ["Net"]]
    assert [one.status for one in extract_all(Answer("answer", "nothing"))] == ["none"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", "none"),
        ("I cannot do that.", "none"),
        ("Run this:\n```bash\naws s3 ls\n```\n", "none"),
        ('```hcl\nresource "aws_sqs_queue" "jobs" {}\n```\n', "not-cloudformation"),
        ("```typescript\nnew sqs.Queue(this, 'Jobs')\n```\n", "not-cloudformation"),
        ("```yaml\nservices:\n  web:\n    image: nginx\n```\n", "not-cloudformation"),
        ("```yaml\nJobs:\n  Type: AWS::SQS::Queue\n```\n", "not-cloudformation"),
        (f"```yaml\n{QUEUE}   Wrong: indent\n```\n", "unparseable"),
        ('```json\n{"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"},}}\n```\n', "unparseable"),
        (
            "```yaml\nResources:\n  A: &a\n    Type: AWS::SQS::Queue\n  A:\n    Type: AWS::SQS::Queue\n```\n",
            "unparseable",
        ),
        ('```json\n{"Resources": {"Jobs": {"Type": "AWS::SQS::Queue", "Prop', "truncated"),
        ("```yaml\nResources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties:\n", "truncated"),
        ("```yaml\nResources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties: {Name: 'x", "truncated"),
        (f"```yaml\n{QUEUE}", "found"),
        (f"```yaml\n{QUEUE}    Properties:\n      Name: jo", "truncated"),
        (f"{QUEUE}    Properties:\n      Name: jobs", "found"),
        (f"```json\n{JSON_QUEUE.strip()}", "found"),
        ("```yaml\nAWSTemplateFormatVersion: '2010-09-09'\nParameters:\n  Stage:\n    Type: String\n", "truncated"),
        ('```json\n{"AWSTemplateFormatVersion": "2010-09-09", "Description": "A queue', "truncated"),
    ],
)
def test_outcomes_are_told_apart(text: str, status: str) -> None:
    assert found(text).status == status


def test_an_open_block_that_got_as_far_as_its_outputs_is_whole() -> None:
    outputs = "Outputs:\n  Url:\n    Value: !Ref Jobs"
    assert found(f"```yaml\n{QUEUE}{outputs}").status == "found"
    assert found(f"```yaml\n{QUEUE}{outputs}:").status == "truncated"
    assert found(f"```yaml\n{QUEUE}    Properties: {{QueueName: !Sub '${{AWS::StackName}}'}}").status == "found"


def test_whoever_knows_that_an_answer_was_cut_off_is_believed() -> None:
    assert found(f"```yaml\n{QUEUE}", cut_off=True).status == "truncated"


def test_what_could_not_be_read_is_told_with_the_line_of_the_answer() -> None:
    problem = found('Hi\n\n```json\n{"Resources": {\n  "Jobs": {"Type": "AWS::SQS::Queue"},\n}}\n```\n').problem
    assert problem
    assert problem.line == 6


def test_hostile_texts_end_quickly() -> None:
    for text in (
        "`" * 100_000,
        "```\n" * 20_000,
        "> " * 50_000 + "```",
        "Resources:\n" * 20_000,
        "{" * 100_000,
        "```md\n" * 5_000,
        "```" + " " * 100_000 + "x`",
        "```yaml\n" + " " * 100_000 + "x\n```\n",
        "```bash\n" + "cat > a.yaml <<A\n" * 20_000,
    ):
        assert found(text).template is None


def test_prose_keeps_the_lines_of_the_answer() -> None:
    blocks, prose = blocks_and_prose("# One\n```yaml\na: 1\n```\nTwo\n")
    assert prose == "# One\n\n\n\nTwo\n"
    assert [(block.line, block.end_line) for block in blocks] == [(3, 3)]


WORDS = " ".join(f"word{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(60))
ANSWER = f"""# The stack

{WORDS}

**infra/jobs.yaml**

```yaml
{QUEUE}```

## Deployment

`tests/jobs.test.ts`:

```typescript
it('deploys', () => expect(outputs.JobsUrl).toBeDefined())
```

```python
# scripts/clean.py
print("clean")
```

```python
import pytest
```
"""


def test_the_other_blocks_are_files_of_the_project_under_the_names_that_the_answer_gives() -> None:
    workspace, own = project_of(found(ANSWER))
    assert own == "infra/jobs.yaml"
    assert [file.path for file in workspace.files] == [
        "README.md", "infra/jobs.yaml", "scripts/clean.py", "tests/jobs.test.ts", "tests/test_script3.py",
    ]  # fmt: skip


def test_prose_is_the_readme_when_it_says_something() -> None:
    workspace, _ = project_of(found(ANSWER))
    readme = next(file for file in workspace.files if file.path == "README.md")
    assert "## Deployment" in readme.text
    assert "AWS::SQS" not in readme.text
    workspace, _ = project_of(found(f"Here you are! {'Very good. ' * 100}\n```yaml\n{QUEUE}```\n"))
    assert [file.path for file in workspace.files] == ["template.yaml"]
