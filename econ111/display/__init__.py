"""How anything that a user gets from econ111 shows itself, in a notebook and in a terminal.

grid     a table as HTML or as text: escaped, and what is the same in every row said once
table    a pandas table that keeps its caption, interval level, price year and the word synthetic
card     anything else: a title, marks, facts and tables; `Shown` gives it to a class
arrays   units, price year and the word synthetic on xarray data

Nothing here computes. Text from data is escaped, and a mark such as "synthetic" comes before any number.
"""

from __future__ import annotations

from econ111.display.arrays import label_draws
from econ111.display.card import Card, Shown, card_of, field_words
from econ111.display.table import SYNTHETIC, Table, Tables, as_table

__all__ = ["SYNTHETIC", "Card", "Shown", "Table", "Tables", "as_table", "card_of", "field_words", "label_draws"]
