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

const PROFILES = { production: SITE, development: [...SITE, ...DEVELOPMENT] };

const [folder] = process.argv.slice(2);

/** Runs `cdk synth` as a user does, but for what may be printed. */
function synthesize(profile: string): string {
  const out = join(folder, profile);
  const context = Object.entries({ profile, ...DOMAIN }).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
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
    throw new Error(
      `cdk synth must end well and without a warning in the ${profile} profile, got ${status}: ${printed}`,
    );
  }
  const report = readFileSync(join(out, 'validation-report.json'), 'utf8');
  if (JSON.parse(report).pluginReports.length > 0) {
    throw new Error(`CloudFormation Validate must find nothing in the ${profile} profile, got ${report}`);
  }
  return profile;
}

const expected = Object.entries(PROFILES).flatMap(([profile, found]) => {
  const out = synthesize(profile);
  return [
    { template: join(out, 'DjangoRegistry.template.json'), name: `the registry in ${profile}`, found: [] },
    { template: join(out, 'DjangoSite.template.json'), name: `the site in ${profile}`, found },
  ];
});
writeFileSync(join(folder, 'expected.json'), JSON.stringify(expected, null, 2));
