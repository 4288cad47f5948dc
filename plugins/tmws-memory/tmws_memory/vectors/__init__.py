"""Vectors without their texts: how a row stores one, and which of many are near to one."""
