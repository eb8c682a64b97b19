"""One reader for each format of file that the judge opens. They run in the judge's process only.

Each has `read(content, images)`, which returns plain data, and `FAULTS`: the exceptions by which
its parser refuses a file. They are imported after the process is locked down.
"""
