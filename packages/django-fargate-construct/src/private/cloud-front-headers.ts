/** Header by which the load balancer knows that a request came through the site's distribution. */
export const ORIGIN_SECRET_HEADER = 'X-Origin-Verify';

/** Header with the address of the visitor, written by the distribution whatever the visitor sent. */
export const VIEWER_ADDRESS_HEADER = 'X-Viewer-Address';
