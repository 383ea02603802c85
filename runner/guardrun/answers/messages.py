"""The texts of messages, in the forms in which chats and evaluations write them."""

from __future__ import annotations

from typing import Any


def texts_of(given: Any) -> list[str]:
    """The texts of an answer: a text, a chat, or a list of either, one each sample."""
    if isinstance(given, dict):
        body = given["body"] if isinstance(given.get("body"), dict) else given
        given = body.get("choices", body)
    if isinstance(given, list) and not is_chat(given):
        return [text for one in given if (text := text_of(one)) is not None]
    text = text_of(given)
    return [] if text is None else [text]


def is_chat(given: Any) -> bool:
    """Whether this is a list of messages, each with the role of who wrote it."""
    return isinstance(given, list) and bool(given) and all(isinstance(one, dict) and "role" in one for one in given)


def text_of(given: Any) -> str | None:
    """The text of a message in any of its forms: a text, parts, a chat's last word of the assistant, a choice."""
    if isinstance(given, str):
        return given
    if is_chat(given):
        said = [one for one in given if one["role"] in {"assistant", "model"}]
        return text_of(said[-1].get("content")) if said else None
    if isinstance(given, list):
        parts = [part if isinstance(part, str) else part.get("text") for part in given if isinstance(part, (str, dict))]
        texts = [part for part in parts if isinstance(part, str)]
        return "".join(texts) if texts else None
    if isinstance(given, dict):
        keys = ("message", "content", "text", "parts", "generated_text", "response")
        return next((text for key in keys if (text := text_of(given.get(key))) is not None), None)
    return None
