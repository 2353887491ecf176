"""Answers to messages, given by their links: a page that asks, and a button that acts."""
