import { App, Stack } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { PostgresDatabase } from '../../src';
import { makeSite, templateOf, testStack } from '../fixtures';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** A site with this secret for database and Django; the template, and who of its web tasks may decrypt with which key. */
function siteWith(stack: Stack, secret: ISecret) {
  const securityGroups = [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')];
  const database = PostgresDatabase.fromPostgresDatabaseAttributes({ secret, securityGroups });
  const template = templateOf(makeSite({ database, django: { secretKey: secret } }, stack));
  const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => /^SiteWebTask/.test(id));
  const decrypt = policies.flatMap(([id, { Properties }]) =>
    Properties.PolicyDocument.Statement.filter(({ Action }: { Action: unknown }) => Action === 'kms:Decrypt').map(
      ({ Resource, Condition }: Record<string, unknown>) => [id.replace(/DefaultPolicy.*/, ''), Resource, Condition],
    ),
  );
  return { template, decrypt: decrypt.sort() };
}

describe('a secret under a key', () => {
  const env = { region: 'eu-west-1', account: '111122223333' };
  const through = { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } };
  const readers = ['SiteWebTaskExecutionRole', 'SiteWebTaskTaskRole'];

  test('that is imported may be decrypted by execution role and task role, through Secrets Manager alone', () => {
    const stack = new Stack(new App(), 'Test', { env });
    const secret = Secret.fromSecretAttributes(stack, 'Login', {
      secretCompleteArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-AbCdEf',
      encryptionKey: Key.fromKeyArn(stack, 'Key', KEY),
    });

    expect(siteWith(stack, secret).decrypt).toEqual(readers.map((role) => [role, KEY, through]));
  });

  test('of another stack may be, and that stack does not come to depend on the site', () => {
    const app = new App();
    const data = new Stack(app, 'Data', { env });
    const secret = new Secret(data, 'Login', { encryptionKey: new Key(data, 'Key') });
    const stack = new Stack(app, 'Test', { env });
    const key = { 'Fn::ImportValue': expect.stringContaining('GetAttKey') };

    expect(siteWith(stack, secret).decrypt).toEqual(readers.map((role) => [role, key, through]));
    expect(data.dependencies).toEqual([]);
  });

  test('of the same stack may be by its own policy, as CDK has it', () => {
    const stack = testStack();
    const secret = new Secret(stack, 'Login', { encryptionKey: new Key(stack, 'Key') });
    const { template, decrypt } = siteWith(stack, secret);
    const [key] = Object.values(template.findResources('AWS::KMS::Key'));

    expect(decrypt).toEqual([]);
    for (const role of readers) expect(JSON.stringify(key.Properties.KeyPolicy)).toContain(role);
  });
});
