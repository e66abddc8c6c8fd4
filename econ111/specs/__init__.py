"""Evaluations as data: one closed TOML file each.

`schema` says which keys there are; `loading` reads a file and explains what is wrong with it.
"""
