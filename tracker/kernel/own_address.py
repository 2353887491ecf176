"""Where this tracker is found from outside: what addresses in messages begin with."""

_base_url: str | None = None


def use_base_url(base_url: str) -> None:
    """Make this the address of this process's tracker; only ``wiring`` calls this."""
    global _base_url  # noqa: PLW0603 - one address for the process is the point
    _base_url = base_url.rstrip("/")


def own_address() -> str:
    """Without a slash at its end."""
    if _base_url is None:
        raise RuntimeError("no address is known: wiring has not run")
    return _base_url
