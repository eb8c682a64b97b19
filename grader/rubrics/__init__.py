"""Each lab's exercises, checks and references. Never imported by a student's process."""
