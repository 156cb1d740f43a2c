import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AuroraPostgresDatabase, PasswordRotation, PostgresDatabase, SiteDomain } from '../src';
import { makeSite, testStack } from './fixtures';

const PUNCTUATION = Array.from({ length: 0x7f - 0x21 }, (_, index) => String.fromCharCode(0x21 + index))
  .filter((character) => !/[A-Za-z0-9]/.test(character))
  .join('');
const KINDS = { instance: PostgresDatabase, cluster: AuroraPostgresDatabase };
const SNAPSHOTS = [undefined, 'before'];

describe.each(Object.entries(KINDS))('the secrets of a site with an %s', (_, Database) => {
  test.each(SNAPSHOTS)('are letters and digits, from the snapshot %s', (snapshotIdentifier) => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc', {
      subnetConfiguration: [
        { name: 'Public', subnetType: SubnetType.PUBLIC },
        { name: 'Private', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      ],
    });
    const props = {
      vpc,
      backups: { snapshotIdentifier },
      users: { separateRunUser: true, passwordRotation: PasswordRotation.alternatingUsers() },
    };
    const certificate = Certificate.fromCertificateArn(
      stack,
      'UsEast1',
      'arn:aws:acm:us-east-1:111122223333:certificate/abc',
    );
    const own = Certificate.fromCertificateArn(stack, 'Own', 'arn:aws:acm:eu-west-1:111122223333:certificate/abc');
    const domain = SiteDomain.certificate('www.example.com', own, { cloudFront: { certificate } });
    makeSite({ vpc, domain, database: new Database(stack, 'Database', props) }, stack);
    const template = Template.fromStack(stack);

    // secret key, Valkey's token, CloudFront's secret, owner and run user
    template.resourcePropertiesCountIs(
      'AWS::SecretsManager::Secret',
      { GenerateSecretString: Match.objectLike({ ExcludeCharacters: PUNCTUATION }) },
      5,
    );
    template.resourceCountIs('AWS::SecretsManager::Secret', 5);
    template.resourcePropertiesCountIs(
      'AWS::SecretsManager::RotationSchedule',
      { HostedRotationLambda: Match.objectLike({ ExcludeCharacters: PUNCTUATION }) },
      2,
    );
    template.resourceCountIs('AWS::SecretsManager::RotationSchedule', 2);
  });
});
