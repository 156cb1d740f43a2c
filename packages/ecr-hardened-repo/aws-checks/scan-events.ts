import { DescribeImageScanFindingsCommand } from '@aws-sdk/client-ecr';
import { aws, requireAwsCli } from './aws-cli';
import type { Check } from './check';
import { allShown, type DeliveredEvent, type Deliveries, judge, ofRepository, type RuleName } from './event-verdicts';
import { buildEventsStack } from './events-stack';
import { DIFFERENT, messageOf, NOT_SHOWN, SHOWN } from './problems';
import { Pusher } from './registry';
import { table } from './table';
import { temporaryStack } from './temporary-stack';
import { tinyImage } from './tiny-image';

const RULES: RuleName[] = ['Pushed', 'Basic', 'Enhanced', 'Finding'];
/** New rules take a while to see events. */
const SECONDS_UNTIL_RULES_WORK = 30;
const SECONDS_BETWEEN_LOOKS = 10;
const LOOKS = 60;

/** What a scanner reads to know what is installed: an OpenSSL with known vulnerabilities. Nothing of it is really there. */
const OLD_DEBIAN = {
  'etc/os-release':
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n',
  'etc/debian_version': '12.0\n',
  'var/lib/dpkg/status': [
    'Package: libssl3',
    'Status: install ok installed',
    'Priority: optional',
    'Section: libs',
    'Maintainer: Debian OpenSSL Team',
    'Architecture: amd64',
    'Source: openssl',
    'Version: 3.0.8-1',
    'Description: Secure Sockets Layer toolkit - shared libraries',
    '',
    '',
  ].join('\n'),
};

/** Pushes an image into a stack that has the rules of the package, and tells which events they matched. */
export async function scanEvents(check: Check): Promise<number> {
  await requireAwsCli(check);
  const { RepositoryName: repositoryName, ...queues } = await temporaryStack(check, buildEventsStack);
  await check.pause(SECONDS_UNTIL_RULES_WORK);

  const image = tinyImage('scan-events', OLD_DEBIAN);
  await new Pusher(check.clients.ecr, repositoryName).push(image, ['v1']);
  check.print(
    `Pushed ${repositoryName}:v1. Waiting for events, at most ${(LOOKS * SECONDS_BETWEEN_LOOKS) / 60} minutes.`,
  );

  const deliveries: Deliveries = { Pushed: [], Basic: [], Enhanced: [], Finding: [], All: [] };
  const collect = async (names: readonly (RuleName | 'All')[]) => {
    await check.pause(SECONDS_BETWEEN_LOOKS);
    for (const name of names) {
      deliveries[name].push(...ofRepository(await receiveAll(check, queues[name]), repositoryName));
    }
  };
  for (let look = 0; look < LOOKS && !allShown(judge(deliveries)); look++) await collect([...RULES, 'All']);
  // what came to `All` last may have been on its way to another queue
  await collect(RULES);
  return report(check, deliveries, await scanStatus(check, repositoryName, image.digest));
}

function report({ print }: Check, deliveries: Deliveries, scan: string): number {
  const verdicts = judge(deliveries);
  for (const event of deliveries.All) print(JSON.stringify(event, undefined, 2));
  print(`\nECR says of the scan: ${scan}.\n`);
  print(
    table(
      ['Rule', 'Events', ''],
      RULES.map((rule) => [rule, String(deliveries[rule].length), verdicts[rule]]),
    ),
  );
  if (Object.values(verdicts).includes('DOES NOT MATCH')) {
    print('\nA RULE DOES NOT MATCH the event that it is for; the event is above.');
    return DIFFERENT;
  }
  if (allShown(verdicts)) {
    print('\nThe rules match real events.');
    return SHOWN;
  }
  print('\nNot every event came. Without findings there is none of a scan: see the status above, then README.md.');
  return NOT_SHOWN;
}

async function receiveAll(check: Check, queueUrl: string): Promise<DeliveredEvent[]> {
  const events: DeliveredEvent[] = [];
  for (;;) {
    const { Messages = [] } = await aws<{ Messages?: { Body: string }[] }>(
      check,
      ...[
        'sqs',
        'receive-message',
        '--queue-url',
        queueUrl,
        '--max-number-of-messages',
        '10',
        '--wait-time-seconds',
        '1',
      ],
    );
    if (Messages.length === 0) return events;
    events.push(...Messages.map(({ Body }) => JSON.parse(Body)));
    check.requireRunning();
  }
}

async function scanStatus({ clients: { ecr } }: Check, repositoryName: string, imageDigest: string): Promise<string> {
  try {
    const { imageScanStatus, imageScanFindings } = await ecr.send(
      new DescribeImageScanFindingsCommand({ repositoryName, imageId: { imageDigest }, maxResults: 1 }),
    );
    const counts = JSON.stringify(imageScanFindings?.findingSeverityCounts ?? {});
    return `${imageScanStatus?.status} ${imageScanStatus?.description ?? ''} ${counts}`;
  } catch (error) {
    return messageOf(error);
  }
}
