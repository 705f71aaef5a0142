"""Annotations: the scheme, documents, the forms they are written in, and what can be checked of them."""
