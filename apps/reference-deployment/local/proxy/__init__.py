"""Where visitors reach the site: it stands for DNS and the network between them and AWS.

Read in this order: routes, certificates, server.
"""
