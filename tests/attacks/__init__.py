"""Hostile submissions, one file each, and what the grader must make of them."""
