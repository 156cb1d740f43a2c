/**
 * Writes what `projenrc/tools/verifiers` judges: the templates that `cdk synth` makes of this app, and `expected.json` with the
 * rules that find something in each. Fails when `cdk synth` prints a warning, when the app calls what aws-cdk-lib has
 * deprecated, or when CloudFormation Validate, which runs at synthesis, finds something.
 *
 * Usage: npx tsx verified-templates.ts FOLDER
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DOMAIN = { domainName: 'www.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ', hostedZoneName: 'example.com' };

/** What checkov finds in the stack of the site: as in the package's README, and then in the stack's own parts. */
const SITE = [
  ...['CKV_AWS_18', 'CKV_AWS_27', 'CKV_AWS_115', 'CKV_AWS_116', 'CKV_AWS_117', 'CKV_AWS_118', 'CKV_AWS_149'],
  ...['CKV_AWS_158', 'CKV_AWS_161', 'CKV_AWS_260'],
  // the topic of the alarms: CloudWatch may not use AWS's own key for SNS, and a key costs 1 USD a month
  'CKV_AWS_26',
  // the pins' function: its environment holds names of resources and no secret
  'CKV_AWS_173',
];

/** What the development profile leaves out to save money. */
const DEVELOPMENT = ['CKV_AWS_65', 'CKV_AWS_91', 'CKV_AWS_157'];

/** What is found where network and data are apart: the functions and logs of the one, the database and secrets of the other. */
const NETWORK = ['CKV_AWS_115', 'CKV_AWS_116', 'CKV_AWS_117', 'CKV_AWS_158'];
const DATA = ['CKV_AWS_118', 'CKV_AWS_149', 'CKV_AWS_161'];
const SITE_APART = [
  ...SITE.filter((rule) => !['CKV_AWS_118', 'CKV_AWS_161'].includes(rule)),
  // the subnets of tasks are an output here, too, so that a script asks one stack only
  'W6001',
];

const VARIANTS: Record<string, { context: Record<string, string>; found: Record<string, string[]> }> = {
  production: { context: { profile: 'production' }, found: { DjangoSite: SITE } },
  development: { context: { profile: 'development' }, found: { DjangoSite: [...SITE, ...DEVELOPMENT] } },
  'production-apart': {
    context: { profile: 'production', stacks: 'apart' },
    found: { DjangoNetwork: NETWORK, DjangoData: DATA, DjangoSite: SITE_APART },
  },
};

const [folder] = process.argv.slice(2);

/** Runs `cdk synth` as a user does, but for what may be printed. */
function synthesize(name: string, values: Record<string, string>): void {
  const out = join(folder, name);
  const context = Object.entries({ ...values, ...DOMAIN }).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const { status, stdout, stderr } = spawnSync(
    'npx',
    ['cdk', 'synth', '--quiet', '--strict', '--no-notices', '--output', out, ...context],
    {
      cwd: join(__dirname, '..'),
      env: { ...process.env, CDK_VALIDATION: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true', JSII_DEPRECATED: 'fail' },
      encoding: 'utf8',
    },
  );
  const printed = `${stdout}${stderr}`;
  if (status !== 0 || /warn|deprecat/i.test(printed)) {
    throw new Error(`cdk synth must end well and without a warning in ${name}, got ${status}: ${printed}`);
  }
  const report = readFileSync(join(out, 'validation-report.json'), 'utf8');
  if (JSON.parse(report).pluginReports.length > 0) {
    throw new Error(`CloudFormation Validate must find nothing in ${name}, got ${report}`);
  }
}

const expected = Object.entries(VARIANTS).flatMap(([name, { context, found }]) => {
  synthesize(name, context);
  return Object.entries({ DjangoRegistry: [], ...found }).map(([stack, rules]) => ({
    template: join(name, `${stack}.template.json`),
    name: `${stack} in ${name}`,
    found: rules,
  }));
});
writeFileSync(join(folder, 'expected.json'), JSON.stringify(expected, null, 2));
