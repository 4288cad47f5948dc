"""LoCoMo: how well memories of long conversations are found again, against simpler ways to search."""
