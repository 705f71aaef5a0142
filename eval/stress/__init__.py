"""Stress: what a prediction keeps where the text changes and the reading should not, or should in one point."""
