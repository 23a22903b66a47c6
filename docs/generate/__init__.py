"""The pages of ``docs/reference`` that are written by the code: ``python -m docs.generate``."""
