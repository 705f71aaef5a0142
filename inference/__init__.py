"""Inference: from an article to a predicted document, and from there to tables and pages."""
