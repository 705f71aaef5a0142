"""Training: fine-tuning and its configurations."""
