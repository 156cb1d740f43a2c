"""Deployments: the tools they need, the processes that run, the steps, and start, stop and status.

Read in this order: start, steps, one_off_task, cdk, virtual_environment, processes, stop, status.
"""
