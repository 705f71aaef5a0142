"""Baselines: simple and stock systems, trained and scored in one command each, to set a model's scores against."""
