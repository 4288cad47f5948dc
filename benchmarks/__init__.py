"""What is fast, measured against named floors in the same run; `python -m benchmarks` runs it all."""
