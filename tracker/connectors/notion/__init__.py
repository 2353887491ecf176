"""A Notion database that is kept in step with a project."""
