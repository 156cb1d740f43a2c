import { ATTACHMENT_CODE, VIEWER_ADDRESS_CODE } from '../../src/edge/private/edge-functions';

/** Runs a CloudFront Function's code as CloudFront does: it calls `handler` with an event. */
const run = (code: string, event: object) => new Function(`${code}; return handler;`)()(event);

describe('function before a request is sent on', () => {
  const address = (headers: object, ip = '203.0.113.7') =>
    run(VIEWER_ADDRESS_CODE, { viewer: { ip }, request: { method: 'GET', uri: '/', headers } }).headers;

  test('tells the address of the visitor', () => {
    expect(address({ host: { value: 'www.example.com' } })).toEqual({
      host: { value: 'www.example.com' },
      'x-viewer-address': { value: '203.0.113.7' },
    });
    expect(address({}, '2001:db8::7')['x-viewer-address']).toEqual({ value: '2001:db8::7' });
  });

  test('overwrites what the visitor claims, once or several times', () => {
    const claim = { value: '198.51.100.1', multiValue: [{ value: '198.51.100.1' }, { value: '198.51.100.2' }] };
    expect(address({ 'x-viewer-address': claim })['x-viewer-address']).toEqual({ value: '203.0.113.7' });
  });
});

describe('function before an upload is answered', () => {
  const disposition = (type: object | undefined, statusCode = 200, headers: Record<string, object> = {}) =>
    run(ATTACHMENT_CODE, {
      response: { statusCode, headers: { ...headers, ...(type && { 'content-type': type }) } },
    }).headers['content-disposition']?.value;

  test.each(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'])('shows %s', (value) => {
    expect(disposition({ value })).toBeUndefined();
    expect(disposition({ value }, 206)).toBeUndefined();
  });

  test('reads a type as browsers do, without regard to case, spaces and parameters', () => {
    expect(disposition({ value: 'IMAGE/PNG' })).toBeUndefined();
    expect(disposition({ value: ' image/png ; charset=binary' })).toBeUndefined();
  });

  test.each([
    'image/svg+xml',
    'IMAGE/SVG+XML',
    'image/svg+xml;image/png',
    'text/html',
    'Text/HTML; charset=utf-8',
    'text/html;image/png',
    'text/html, image/png',
    'image/png, text/html',
    'image/png text/html',
    'image/pngx',
    'image/*',
    'application/xhtml+xml',
    'application/xml',
    'application/pdf',
    'application/javascript',
    'application/octet-stream',
    'binary/octet-stream',
    'includes',
    '',
    ';',
  ])("saves '%s'", (value) => {
    expect(disposition({ value })).toBe('attachment');
    expect(disposition({ value }, 206)).toBe('attachment');
  });

  test('saves what has no type, or two', () => {
    expect(disposition(undefined)).toBe('attachment');
    const multiValue = [{ value: 'image/png' }, { value: 'text/html' }];
    expect(disposition({ value: 'image/png', multiValue })).toBe('attachment');
  });

  test('overwrites what the upload says of itself', () => {
    const inline = { 'content-disposition': { value: 'inline; filename="page.html"' } };
    expect(disposition({ value: 'text/html' }, 200, inline)).toBe('attachment');
  });

  test('leaves an answer without a body to the headers that the browser has stored', () => {
    expect(disposition(undefined, 304)).toBeUndefined();
  });
});

test.each([VIEWER_ADDRESS_CODE, ATTACHMENT_CODE])('code fits into the 10 KB of a CloudFront Function', (code) => {
  expect(Buffer.byteLength(code)).toBeLessThan(10_240);
});
