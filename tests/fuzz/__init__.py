"""Damaged and hostile files: each ends in a load or in a sentence, never in anything else."""
