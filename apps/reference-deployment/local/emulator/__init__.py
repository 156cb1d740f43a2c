"""MiniStack with what it lacks for our two stacks.

Read in this order: __main__, resource_types, api, added_types, corrected_types, ecr, scheduler, cloudfront, ecs/.
"""
