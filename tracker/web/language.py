"""The language of an answer: what the request asks for, then the member's own."""

from flask import g, has_request_context, request

from tracker.kernel.texts import DEFAULT_LANGUAGE, Language, language_of


def reader_language() -> Language:
    """Accept-Language first, then the caller's language, then English."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    for tag, _quality in request.accept_languages:
        spoken = language_of(tag)
        if spoken:
            return spoken
    caller = g.get("caller")
    return (caller and language_of(caller.language)) or DEFAULT_LANGUAGE
