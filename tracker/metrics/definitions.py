"""What is known of a metric, whoever defined it."""


def definition_version(_metric: str) -> int:
    """Which edition of its formula a figure of today follows."""
    return 1
