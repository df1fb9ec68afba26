"""A formula over the inputs."""
