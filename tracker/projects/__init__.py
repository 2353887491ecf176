"""A playbook come alive: projects with their phases, tasks, steps and gates."""
