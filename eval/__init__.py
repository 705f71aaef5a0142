"""Evaluation: scores with signatures, all from documents against documents."""
