"""Answers from files: Markdown, JSON lines of many answers in the forms that evaluations write, templates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from guardrun.answers.answer import Answer
from guardrun.answers.messages import is_chat, text_of, texts_of
from guardrun.errors import GuardrunError
from guardrun.model import Problem

MANY = (".jsonl", ".ndjson")
ENDED = {"length", "max_tokens", "MAX_TOKENS", "model_length"}
"""What providers say when an answer ended at its limit."""
RESOURCE_TYPE = re.compile(r"[A-Za-z0-9]+(::[A-Za-z0-9_@-]+)+")


@dataclass(frozen=True, slots=True)
class Fields:
    """Where a record has what: names of keys, dots for keys within; the first of several that is there counts."""

    id: str = "id,custom_id,task_id,prompt_id,question_id"
    model: str = "model,model_name,model_id,response.body.model"
    prompt: str = "prompt,question,instruction,input"
    response: str = "response,completion,completions,answer,output,generation,choices,response.body.choices,messages"
    tags: str = "tags,tag,category"
    expected: str = "expected_resources,expected"
    finish: str = "finish_reason,stop_reason,response.stop_reason"

    @classmethod
    def named(cls, entries: Iterable[str]) -> Fields:
        """The usual names with those in their place that entries `FIELD=KEY` give. Raises `GuardrunError`."""
        known = {field.name for field in fields(cls)}
        given = {}
        for entry in entries:
            name, equals, key = entry.partition("=")
            if name not in known or not equals or not key:
                raise GuardrunError(
                    f"{entry!r} is no FIELD=KEY",
                    hint=f"the fields are {', '.join(sorted(known))}, as in response=output.text",
                )
            given[name] = key
        return cls(**given)


def read_answers(path: Path, shown: str, names: Fields) -> Iterator[Answer | Problem]:
    """The answers of a file in order; a line that is no record is a problem. Raises `GuardrunError` for the file."""
    return answers_of(_text(path, shown), shown, names)


def answers_of(text: str, shown: str, names: Fields) -> Iterator[Answer | Problem]:
    """The answers of a text, by the name of its file: JSON lines, JSON, anything else. Raises `GuardrunError`."""
    suffix = Path(shown).suffix.lower()
    if suffix in MANY:
        yield from answers_of_lines(text, shown, names)
    elif suffix == ".json" and text.lstrip().startswith("["):
        yield from _answers_of_array(text, shown, names)
    elif suffix == ".json" and (record := _record(text, names)):
        yield from _answers(record, shown, 1, names)
    else:
        yield Answer(shown, text)


def _record(text: str, names: Fields) -> dict[str, Any] | None:
    """The record that a JSON text is, None if it is a template or anything else."""
    try:
        record = _loaded(text)
    except (RecursionError, ValueError):
        return None
    is_record = isinstance(record, dict) and "Resources" not in record and _first(record, names.response) is not None
    return record if is_record else None


def answers_of_lines(text: str, shown: str, names: Fields) -> Iterator[Answer | Problem]:
    """The answers of JSON lines."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = _loaded(line)
        except (RecursionError, ValueError) as error:
            column = getattr(error, "colno", None)
            yield Problem(f"this line is no JSON: {error}", shown, number, column, "write one JSON object a line")
            continue
        yield from _answers(record, shown, number, names)


def _answers_of_array(text: str, shown: str, names: Fields) -> Iterator[Answer | Problem]:
    try:
        records = _loaded(text)
    except RecursionError as error:
        raise GuardrunError("this is no JSON of answers: it is nested too deeply", path=shown) from error
    except json.JSONDecodeError as error:
        raise GuardrunError(
            f"this is no JSON: {error.msg}", path=shown, line=error.lineno, column=error.colno
        ) from error
    for number, record in enumerate(records, start=1):
        yield from _answers(record, shown, number, names)


def _loaded(text: str) -> Any:
    """The value of a JSON text; a half of a character, which no file can hold, becomes a question mark."""
    value = json.loads(text)
    if "\\ud" not in text.lower():
        return value
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _answers(record: Any, shown: str, number: int, names: Fields) -> Iterator[Answer | Problem]:
    """The answers of one record: one, or one for each sample."""
    if not isinstance(record, dict):
        yield Problem("a record is a JSON object", shown, number)
        return
    given = _first(record, names.response)
    try:
        texts = texts_of(given)
    except RecursionError:
        texts = []
    if not texts:
        what = (
            "has no text that could be an answer"
            if given is None
            else f"has an answer of an unknown form: {type(given).__name__}"
        )
        yield Problem(f"the record {what}", shown, number, hint="name its key: --field response=KEY")
        return
    given_name = _first(record, names.id)
    name = f"{shown}:{number}" if given_name is None else str(given_name)
    for sample, text in enumerate(texts, start=1):
        yield Answer(
            id=name if len(texts) == 1 else f"{name}#{sample}",
            text=text,
            model=_word(_first(record, names.model)),
            prompt=_prompt(_first(record, names.prompt), record.get("messages")),
            tags=_tags(_first(record, names.tags)),
            expected=resource_types(_first(record, names.expected)),
            cut_off=_finish(record, names) in ENDED,
        )


def _first(record: Mapping[str, Any], keys: str) -> Any:
    """The value of the first of some keys that is there."""
    for key in keys.split(","):
        value: Any = record
        for part in [key] if key in record else key.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            return value
    return None


def _prompt(given: Any, messages: Any) -> str | None:
    if isinstance(given, str):
        return given
    chat = given if is_chat(given) else messages if is_chat(messages) else []
    asked = [text for one in chat if one["role"] == "user" and (text := text_of(one.get("content")))]
    return "\n".join(asked) or None


def _finish(record: Mapping[str, Any], names: Fields) -> str:
    finish = _first(record, names.finish)
    choices = _first(record, "choices,response.body.choices")
    if finish is None and isinstance(choices, list) and choices and isinstance(choices[0], dict):
        finish = choices[0].get("finish_reason")
    return str(finish)


def _word(given: Any) -> str | None:
    return None if given is None else str(given)


def resource_types(given: Any) -> tuple[str, ...]:
    """Resource types, given as a text or several, each once; a text that is no list of types says nothing of them."""
    if isinstance(given, str):
        words = [word for word in re.split(r"[\s,;\"'\[\]]+", given) if word]
        return tuple(dict.fromkeys(words)) if all(map(RESOURCE_TYPE.fullmatch, words)) else ()
    listed = given if isinstance(given, Iterable) and not isinstance(given, Mapping) else ()
    return tuple(dict.fromkeys(map(str, listed)))


def _tags(given: Any) -> tuple[str, ...]:
    if isinstance(given, dict):
        return tuple(f"{key}={value}" for key, value in given.items())
    listed = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    return tuple(map(str, listed))


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        raise GuardrunError(f"cannot read the answers: {error.strerror}", path=shown) from error
