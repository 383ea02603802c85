"""Patterns in the form that costs the engine least mean what they meant."""

import json
import re

import pytest

from guardrun.engine import Engine, evaluate
from guardrun.pack import Pack
from guardrun.pack.patterns import has_long_text, in_words
from guardrun.pack.syntax import TOKEN


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("/Env|env|ENV/", "/(?=Env)|(?=env)|(?=ENV)/"),
        ("/[Ee]nv/", "/(?=Env)|(?=env)/"),
        ("/^arn:/", r"/\G(?:arn:)/"),
        (r"/^(arn:|\{\{)/", r"/\G(?:arn:)|\G(?:\{\{)/"),
        (r"/\.fifo$|s3/", r"/(?=s3)|(?:(?<=\.fifo))$/"),
        (r"/^(x|\/aws\/)/", r"/\G(?:x)|\G(?:\/aws\/)/"),
    ],
)
def test_a_pattern_that_stands_for_a_few_words_is_asked_for_as_these(pattern: str, words: str) -> None:
    assert in_words(f"A == {pattern} << a /path/ >>") == f"A == {words} << a /path/ >>"


@pytest.mark.parametrize(
    "pattern",
    [
        "/a.b/", "/[0-9]/", "/[^a]/", "/a+/", "/a{2}/", "/(?i)a/", "/(?!a)b/", r"/\bfoo/", "/a^b/", "/a$|/", "/^$/",
        "/[a-f]x/", "/[abcdefgh][abcdefgh][abcdefgh]/", "/a||b/", "/[]a]/", "/^(?:a|b)c?$/",
    ],
)  # fmt: skip
def test_all_other_patterns_stay_as_they_are(pattern: str) -> None:
    assert in_words(f"A == {pattern}") == f"A == {pattern}"


def test_patterns_of_the_pack_match_what_they_matched(pack: Pack) -> None:
    patterns = {token for rule in pack.rules.values() for token in TOKEN.findall(rule.text) if token.startswith("/")}
    changed = {pattern: in_words(pattern) for pattern in patterns if in_words(pattern) != pattern}
    assert len(changed) > 50
    for pattern, words in changed.items():
        before, after = (re.compile(one[1:-1].replace("\\/", "/").replace(r"\G", "^")) for one in (pattern, words))
        texts = {re.sub(r"\W+", lambda signs: signs[0], word) for word in re.split(r"[|()?:^$]+", pattern[1:-1])}
        plain = [text.replace("\\", "") for text in texts]
        for text in [form for one in plain for form in (one, f"x{one}", f"{one}x", one.lower(), one.upper(), "")]:
            assert bool(before.search(text)) == bool(after.search(text)), (pattern, text)


def test_a_long_text_is_told_whatever_is_escaped_in_it() -> None:
    assert has_long_text(json.dumps({"A": ["short", 'a"b' * 3_000]}))
    assert not has_long_text(json.dumps({"A": ["x" * 400] * 100}))


@pytest.mark.engine
def test_the_engine_takes_words_for_the_pattern(engine: Engine) -> None:
    texts = [
        "arn:aws:s3",
        "x arn:",
        "jobs.fifo",
        "jobs.fifo.x",
        "Env",
        "myenv",
        "nothing",
        "/aws/lambda",
        "{{resolve:x",
    ]
    patterns = ["^arn:", r"\.fifo$", "[Ee]nv", r"^(x:|\/aws\/)", r"^(?:a|\{\{)", "^Env$", "fifo|arn"]
    rules = "\n".join(f"rule R{n} {{ T[*] != /{pattern}/ }}" for n, pattern in enumerate(patterns))
    names = [f"R{n}" for n in range(len(patterns))]
    plain, words = (
        evaluate(engine, text, names, [json.dumps({"T": texts})], 10)[0] for text in (rules, in_words(rules))
    )
    assert {(one.rule, one.path) for one in plain.failures} == {(one.rule, one.path) for one in words.failures}
    assert len(plain.failures) == 12
