"""The proxy to the site: it stands for DNS and the network between a browser and AWS.

Read in this order: routes, certificates, server.
"""
