#!/usr/bin/env python
"""Runs Django's commands; on a developer's machine with the development settings."""

import sys

from config import env

if __name__ == "__main__":
    env.default_settings("config.settings.development")

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
