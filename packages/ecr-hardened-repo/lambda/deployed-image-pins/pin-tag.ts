import { createHash } from 'node:crypto';

const LONGEST_TAG = 128;

/** The tag that pins an image for a service: the same one each time, whatever the length of the service's name. */
export function pinTag(prefix: string, service: string, digest: string): string {
  const end = `-${digest.slice('sha256:'.length).slice(0, 12)}`;
  const room = LONGEST_TAG - prefix.length - end.length;
  if (service.length <= room) return prefix + service + end;
  const hash = createHash('sha256').update(service).digest('hex').slice(0, 8);
  return `${prefix}${service.slice(0, room - hash.length - 1)}-${hash}${end}`;
}
