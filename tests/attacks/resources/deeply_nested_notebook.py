"""Is JSON nested a hundred thousand levels deep, on which parsers recurse."""


def submission(lab, world):
    return b'{"nbformat": 4, "cells": ' + b"[" * 100_000


STATUS, SCORE = "unreadable", 0
