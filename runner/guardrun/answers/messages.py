"""The texts of messages, in the forms in which chats and evaluations write them."""

from __future__ import annotations

from typing import Any

from guardrun.answers.tools import with_files

ASSISTANT = {"assistant", "model"}
TEXTS = ("message", "content", "text", "parts", "generated_text", "response")
"""Where the text of a message is."""


def texts_of(given: Any) -> list[str]:
    """The texts of an answer: a text, a chat, or a list of either, one each sample."""
    if isinstance(given, dict):
        body = given["body"] if isinstance(given.get("body"), dict) else given
        given = body.get("choices", body)
    if isinstance(given, list) and not is_chat(given) and not _are_parts(given):
        return [text for one in given if (text := text_of(one)) is not None]
    text = text_of(given)
    return [] if text is None else [text]


def is_chat(given: Any) -> bool:
    """Whether this is a list of messages, each with the role of who wrote it."""
    return isinstance(given, list) and bool(given) and all(isinstance(one, dict) and "role" in one for one in given)


def _are_parts(given: list[Any]) -> bool:
    """Whether these are parts of one answer: each says of what type it is."""
    return all(isinstance(one, dict) and "type" in one for one in given)


def text_of(given: Any) -> str | None:
    """The text of a message in any of its forms: a text, parts, a chat's last word of the assistant, a choice.

    The files that the assistant writes by calling tools, in a chat since the user's last word, are code blocks in it.
    """
    return with_files(_said(given), _turn(given) if is_chat(given) else given)


def _part(part: Any) -> str | None:
    if isinstance(part, dict):
        part = _said(part.get("content")) if part.get("type") == "message" else part.get("text")
    return part if isinstance(part, str) else None


def _turn(chat: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The assistant's last messages, back to what the user said before them."""
    turn: list[dict[str, Any]] = []
    for message in reversed(chat):
        if message["role"] in ASSISTANT:
            turn.insert(0, message)
        elif turn and message["role"] == "user" and _said(message.get("content")) is not None:
            break
    return turn


def _said(given: Any) -> str | None:
    """The text of a message or its parts, without files; of a chat, the last."""
    if isinstance(given, str):
        return given
    if is_chat(given):
        turn = _turn(given)
        return _said(turn[-1]) if turn else None
    if isinstance(given, list):
        texts = [text for part in given if (text := _part(part)) is not None]
        return "".join(texts) if texts else None
    if isinstance(given, dict):
        return next((text for key in TEXTS if (text := _said(given.get(key))) is not None), None)
    return None
