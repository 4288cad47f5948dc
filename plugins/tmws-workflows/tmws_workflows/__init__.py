"""Workflows: their definitions, runs, logs and schedules, and templates of phases."""
