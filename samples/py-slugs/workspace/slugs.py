"""Turns titles into the last part of a web address."""

import re


def slug(title: str) -> str:
    """Lower case, words joined by single hyphens, nothing else."""
    words = re.findall(r"[a-z0-9]+", title.lower())
    return "-".join(words)


def unique_slug(title: str, taken: set[str]) -> str:
    """A slug that is not taken yet; the second one gets -2."""
    base = slug(title)
    candidate, number = base, 1
    while candidate in taken:
        number += 1
        candidate = f"{base}-{number}"
    return candidate
