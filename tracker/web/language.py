"""The language of an answer: what the request asks for, then the member's own."""

from flask import g, has_request_context, request

from tracker.kernel.texts import DEFAULT_LANGUAGE, Language, language_of


def reader_language(otherwise: str | None = None) -> Language:
    """Accept-Language first, then the caller's language, then ``otherwise``, then English."""
    fallback = language_of(otherwise) or DEFAULT_LANGUAGE
    if not has_request_context():
        return fallback
    for tag, _quality in request.accept_languages:
        spoken = language_of(tag)
        if spoken:
            return spoken
    caller = g.get("caller")
    return (caller and language_of(caller.language)) or fallback
