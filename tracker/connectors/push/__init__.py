"""Figures that other programs bring, signed."""
