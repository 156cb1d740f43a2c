"""MiniStack with what it lacks for our two stacks.

Read in this order: registering, calling, missing, corrected, service, tasks, deployments, registry, scheduled, visitors,
without_engine, __main__.
"""
