"""ECS, which MiniStack emulates with containers, and what it leaves out of it."""
