"""What deploys: the tools that have to be there, the processes that run, the steps of a deployment.

Read in this order: virtual_environment, cdk, processes, steps.
"""
