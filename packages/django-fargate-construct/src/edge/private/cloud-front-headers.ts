/**
 * Header by which the load balancer knows that a request came through the site's distribution. It goes on to Django, whose
 * error reports hide what has `SECRET` in its name.
 */
export const ORIGIN_SECRET_HEADER = 'X-Origin-Secret';

/** Header with the address of the visitor, written by the distribution whatever the visitor sent. */
export const VIEWER_ADDRESS_HEADER = 'X-Viewer-Address';
