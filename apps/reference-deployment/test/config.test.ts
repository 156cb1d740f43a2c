import { App } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { readConfig } from '../src/config';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const DOMAIN = { domainName: 'www.example.com', hostedZoneId: 'Z1', hostedZoneName: 'example.com' };

const config = (context: Record<string, unknown>) =>
  readConfig(new App({ context: { ...recommendedFlags, image: DIGEST, ...context } }).node);

describe('configuration', () => {
  test('is production over HTTPS unless the context says otherwise', () => {
    expect(config(DOMAIN)).toEqual({ profile: 'production', image: DIGEST, stacks: 'together', domain: DOMAIN });
  });

  test('takes what the context says', () => {
    const context = {
      profile: 'development',
      image: 'v1.4.2',
      stacks: 'apart',
      minTasks: '2',
      maxTasks: 4,
      alarmEmail: 'ops@example.com',
    };

    expect(config(context)).toEqual({ ...context, minTasks: 2, domain: undefined });
  });

  test('puts CloudFront in front of a name', () => {
    const cloudFrontCertificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/0123-abc';
    expect(config({ ...DOMAIN, cloudFrontCertificateArn }).domain).toEqual({ ...DOMAIN, cloudFrontCertificateArn });
  });

  test.each([
    [
      { colour: 'red' },
      "context 'colour' is unknown; the app knows profile, image, stacks, domainName, hostedZoneId, hostedZoneName, cloudFrontCertificateArn, minTasks, maxTasks, alarmEmail",
    ],
    [{ profile: 'staging' }, "context 'profile' must be production or development, got 'staging'"],
    [{ stacks: 'three' }, "context 'stacks' must be together or apart, got 'three'"],
    [
      { image: '' },
      "context 'image' is missing: give a digest (-c image=sha256:<64 hexadecimal digits>) or an immutable tag (-c image=v1.4.2)",
    ],
    [{ image: 'latest' }, "context 'image' must not be latest, which changes under a running service"],
    [{ image: 'sha256:12' }, "context 'image' is neither a digest nor a tag, got 'sha256:12'"],
    [{ image: 'shop/web:v1' }, "context 'image' is neither a digest nor a tag, got 'shop/web:v1'"],
    [{}, 'the production profile requires HTTPS: give domainName, hostedZoneId and hostedZoneName'],
    [
      { domainName: 'www.example.com' },
      "context 'domainName', 'hostedZoneId' and 'hostedZoneName' go together, got 1 of 3",
    ],
    [
      { ...DOMAIN, domainName: 'www.example.org' },
      "context 'domainName' must be in the hosted zone 'example.com', got 'www.example.org'",
    ],
    [
      { profile: 'development', cloudFrontCertificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/abc' },
      "context 'cloudFrontCertificateArn' needs domainName, hostedZoneId and hostedZoneName",
    ],
    [
      { ...DOMAIN, cloudFrontCertificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/abc' },
      "context 'cloudFrontCertificateArn' must be the ARN of a certificate in us-east-1 (arn:aws:acm:us-east-1:…), got 'arn:aws:acm:eu-west-1:111122223333:certificate/abc'",
    ],
    [{ ...DOMAIN, minTasks: 'two' }, "context 'minTasks' must be a whole number of at least 1, got 'two'"],
    [{ ...DOMAIN, maxTasks: 0 }, "context 'maxTasks' must be a whole number of at least 1, got '0'"],
    [{ ...DOMAIN, minTasks: 4, maxTasks: 2 }, "context 'maxTasks' must be at least 'minTasks' (4), got 2"],
    [{ ...DOMAIN, alarmEmail: 'ops' }, "context 'alarmEmail' must be an e-mail address, got 'ops'"],
  ])('fails for %j', (context, message) => {
    expect(() => config(context)).toThrow(message);
  });
});
