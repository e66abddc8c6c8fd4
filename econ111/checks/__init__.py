"""Checks of a method or of one evaluation: whether intervals hold what they say."""
