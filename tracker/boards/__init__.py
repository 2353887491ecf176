"""Trello boards and Notion databases that are kept in step with a project, both ways."""
