"""The container engine, and the images that run under it.

Read in this order: engine, podman, traces, base_images, site_image.
"""
