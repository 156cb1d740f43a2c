"""MiniStack with what it lacks for our two stacks.

Read in this order: resource_types, api, added_types, corrected_types, ecs/, ecr, scheduler, cloudfront, __main__.
"""
