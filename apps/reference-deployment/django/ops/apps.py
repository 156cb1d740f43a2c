from django.apps import AppConfig


class OpsConfig(AppConfig):
    """Only for its command: what a deployment needs around any Django project, without models."""

    name = "ops"
