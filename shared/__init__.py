"""The small library that every notebook of the course imports.

`data` (data sets and their splits), `measure` (size, work, time, hardware), `results` (a run's
figures and what is rendered from them), `plots`, `train` and `models`. Importing the package loads
none of them, and each of them loads a framework only inside the functions that need it.
"""
