"""Plans, playbooks and quizzes as text for people and as bytes for programs."""
