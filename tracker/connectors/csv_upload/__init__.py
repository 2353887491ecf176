"""Figures from files that people export: PURE. What is done with them is told elsewhere."""
