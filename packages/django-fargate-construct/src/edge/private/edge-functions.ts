import { VIEWER_ADDRESS_HEADER } from './cloud-front-headers';

/** CloudFront Function before a request is sent on: tells Django who asks. What a visitor claims is overwritten. */
export const VIEWER_ADDRESS_CODE = `function handler(event) {
  const request = event.request;
  request.headers['${VIEWER_ADDRESS_HEADER.toLowerCase()}'] = { value: event.viewer.ip };
  return request;
}
`;

/** Types that a browser paints and never runs; SVG and PDF can hold scripts. */
const PAINTED = ['avif', 'bmp', 'gif', 'jpeg', 'png', 'webp'].map((type) => `image/${type}`);

/**
 * CloudFront Function before an upload is answered: whatever is not surely an image is saved, not shown. An answer 304 has
 * no type; the browser goes on with the headers it has stored.
 */
export const ATTACHMENT_CODE = `const PAINTED = ${JSON.stringify(PAINTED)};
function handler(event) {
  const response = event.response;
  if (response.statusCode === 304) return response;
  const type = response.headers['content-type'];
  const name = type && !type.multiValue ? type.value.split(';')[0].trim().toLowerCase() : '';
  if (!PAINTED.includes(name)) response.headers['content-disposition'] = { value: 'attachment' };
  return response;
}
`;
