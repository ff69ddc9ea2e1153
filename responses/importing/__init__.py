"""Answers that were collected elsewhere: a file of them, a mapping that explains it, and what is wrong with either."""
