"""Reads across domains: portfolio, week, timeline, feeds, export and import."""
