"""Reading TOML that somebody else wrote, within bounds.

The standard reader takes time and memory that grow with the square of a key's parts, and stops with a traceback where
brackets are nested deeply or a number has thousands of digits. No specification comes near any of these.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

LONGEST = 1_000_000
MOST_PARTS = 32
# From the beginning of a word and without going back, so that the search itself takes no longer than the text is.
_LONG_KEY = re.compile(rf"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){{{MOST_PARTS}}}""")


def parse_toml(text: str) -> dict[str, Any]:
    """Keys and values of a TOML text.

    Raises
    ------
    TOMLDecodeError
        When it is not TOML, or longer, deeper or with longer keys and numbers than any specification needs.

    Examples
    --------
    >>> parse_toml("schema_version = 1")
    {'schema_version': 1}
    >>> parse_toml("a = " + "[" * 100_000)
    Traceback (most recent call last):
    tomllib.TOMLDecodeError: nested too deeply
    """
    if len(text) > LONGEST:
        raise tomllib.TOMLDecodeError(f"longer than {LONGEST:,} characters")
    if _LONG_KEY.search(text):
        raise tomllib.TOMLDecodeError(f"a key has more than {MOST_PARTS} parts")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise tomllib.TOMLDecodeError("nested too deeply") from None
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:  # a number of thousands of digits
        raise tomllib.TOMLDecodeError(str(error).split(";", maxsplit=1)[0]) from None
