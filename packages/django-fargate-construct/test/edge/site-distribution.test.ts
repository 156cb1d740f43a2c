import { CfnResource, Duration, type Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { PriceClass, PublicKey } from 'aws-cdk-lib/aws-cloudfront';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { rules } from 'cdk-nag';
import { MediaAccess, SiteDistribution, type SiteDistributionProps, SiteProfile, SiteStorage } from '../../src';
import { testStack } from '../fixtures';

const certificateOf = (stack: Stack, region = 'us-east-1') =>
  Certificate.fromCertificateArn(stack, 'Certificate', `arn:aws:acm:${region}:111122223333:certificate/abc`);
const keyOf = (stack: Stack, id = 'Key') => PublicKey.fromPublicKeyId(stack, id, `K${id}`);
const signed = (stack: Stack) =>
  MediaAccess.signed({
    publicKey: keyOf(stack),
    privateKey: Secret.fromSecretNameV2(stack, 'PrivateKey', 'media-key'),
  });

const distribution = (props: (stack: Stack) => Partial<SiteDistributionProps> = () => ({})) => {
  const stack = testStack();
  const { staticBucket, mediaBucket } = new SiteStorage(stack, 'Storage');
  const overrides = props(stack);
  const vpc = new Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
  const made = new SiteDistribution(stack, 'Edge', {
    loadBalancer: new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc }),
    domainNames: ['www.example.com', 'example.com'],
    certificate: overrides.certificate ?? certificateOf(stack),
    staticBucket,
    mediaBucket,
    ...overrides,
  });
  const template = Template.fromStack(stack);
  const [resource] = Object.values(template.findResources('AWS::CloudFront::Distribution'));
  const config = resource.Properties.DistributionConfig;
  const behavior = (path: string) =>
    config.CacheBehaviors.find(({ PathPattern }: { PathPattern: string }) => PathPattern === path);
  const headers = (policy: { Ref: string }) =>
    template.findResources('AWS::CloudFront::ResponseHeadersPolicy')[policy.Ref].Properties.ResponseHeadersPolicyConfig;
  const origin = (id: string) => config.Origins.find(({ Id }: { Id: string }) => Id === id);
  return { stack, made, template, config, behavior, headers, origin };
};

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';

describe('visitors', () => {
  test('have HTTPS with TLS 1.2 or newer, HTTP/2 and 3, and IPv6', () => {
    const { config } = distribution();
    expect(config).toMatchObject({
      Enabled: true,
      Aliases: ['www.example.com', 'example.com'],
      HttpVersion: 'http2and3',
      IPV6Enabled: true,
      PriceClass: 'PriceClass_All',
      ViewerCertificate: {
        AcmCertificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/abc',
        MinimumProtocolVersion: 'TLSv1.2_2025',
        SslSupportMethod: 'sni-only',
      },
    });
    for (const behavior of [config.DefaultCacheBehavior, ...config.CacheBehaviors]) {
      expect(behavior.ViewerProtocolPolicy).toBe('redirect-to-https');
    }
  });

  test('see no error of another visitor', () => {
    const { config } = distribution();
    expect(config.CustomErrorResponses).toEqual(
      [400, 403, 404, 405, 414, 500, 501, 502, 503, 504].map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })),
    );
  });

  test('are served from the places of the price class', () => {
    expect(distribution(() => ({ priceClass: PriceClass.PRICE_CLASS_100 })).config.PriceClass).toBe('PriceClass_100');
  });
});

describe('pages', () => {
  test('come from the load balancer, uncached, by every method, with all that the visitor sent', () => {
    const { config, origin, stack, made } = distribution();
    const { DefaultCacheBehavior: pages } = config;
    expect(pages.CachePolicyId).toBe(CACHING_DISABLED);
    expect(pages.OriginRequestPolicyId).toBe(ALL_VIEWER);
    expect(pages.AllowedMethods).toEqual(['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE']);
    expect(origin(pages.TargetOriginId)).toMatchObject({
      DomainName: { 'Fn::GetAtt': [expect.stringMatching(/^LoadBalancer/), 'DNSName'] },
      CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
      OriginCustomHeaders: [
        {
          HeaderName: 'X-Origin-Secret',
          HeaderValue: stack.resolve(made.originSecret.secretValue.unsafeUnwrap()),
        },
      ],
    });
  });

  test.each([
    [30, 35],
    [5, 10],
    [55, 60],
    [60, 60],
  ])('that may take %i s are awaited for %i s, and connections kept for as long as they may take', (may, awaited) => {
    const { config, origin } = distribution(() => ({ requestTimeout: Duration.seconds(may) }));
    expect(origin(config.DefaultCacheBehavior.TargetOriginId).CustomOriginConfig).toMatchObject({
      OriginReadTimeout: awaited,
      OriginKeepaliveTimeout: may,
    });
  });

  test('have the headers that Django did not set, and no server', () => {
    const { config, headers } = distribution();
    expect(headers(config.DefaultCacheBehavior.ResponseHeadersPolicyId)).toMatchObject({
      RemoveHeadersConfig: { Items: [{ Header: 'Server' }] },
      SecurityHeadersConfig: {
        StrictTransportSecurity: { AccessControlMaxAgeSec: 31536000, Override: false },
        ContentTypeOptions: { Override: false },
        ReferrerPolicy: { ReferrerPolicy: 'same-origin', Override: false },
        FrameOptions: { FrameOption: 'DENY', Override: false },
      },
    });
  });

  test("are asked for with the visitor's address", () => {
    const { config, template } = distribution();
    const [association, ...more] = config.DefaultCacheBehavior.FunctionAssociations;
    expect(more).toEqual([]);
    expect(association.EventType).toBe('viewer-request');
    const [id] = association.FunctionARN['Fn::GetAtt'];
    expect(template.findResources('AWS::CloudFront::Function')[id].Properties).toMatchObject({
      AutoPublish: true,
      FunctionConfig: { Runtime: 'cloudfront-js-2.0' },
      FunctionCode: expect.stringContaining("request.headers['x-viewer-address'] = { value: event.viewer.ip };"),
    });
  });
});

describe('secret', () => {
  test('is made of 64 letters and digits, which a listener rule compares as they are', () => {
    distribution().template.hasResource('AWS::SecretsManager::Secret', {
      DeletionPolicy: 'Delete',
      Properties: { GenerateSecretString: Match.objectLike({ PasswordLength: 64 }) },
    });
  });

  test('stands nowhere in the template but as a reference', () => {
    const { config, origin } = distribution();
    const [{ HeaderValue }] = origin(config.DefaultCacheBehavior.TargetOriginId).OriginCustomHeaders;
    expect(HeaderValue).toEqual({
      'Fn::Join': [
        '',
        ['{{resolve:secretsmanager:', { Ref: expect.stringMatching(/^EdgeOriginSecret/) }, ':SecretString:::}}'],
      ],
    });
  });

  test('can be given', () => {
    const { template, config, origin } = distribution((stack) => ({
      originSecret: Secret.fromSecretNameV2(stack, 'Given', 'shop/origin'),
    }));
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    const [{ HeaderValue }] = origin(config.DefaultCacheBehavior.TargetOriginId).OriginCustomHeaders;
    expect(JSON.stringify(HeaderValue)).toContain('secret:shop/origin:SecretString');
  });
});

describe('static files', () => {
  test('come from their bucket, cached, and can only be read', () => {
    const { behavior, origin } = distribution();
    const statics = behavior('/static/*');
    expect(statics).toMatchObject({
      CachePolicyId: CACHING_OPTIMIZED,
      AllowedMethods: ['GET', 'HEAD'],
      Compress: true,
    });
    expect(statics.OriginRequestPolicyId).toBeUndefined();
    expect(statics.FunctionAssociations).toBeUndefined();
    expect(origin(statics.TargetOriginId)).toMatchObject({
      DomainName: { 'Fn::GetAtt': [expect.stringMatching(/^StorageStatic/), 'RegionalDomainName'] },
      OriginAccessControlId: expect.anything(),
    });
  });

  test('that are not there are 404, since the distribution, and no other, may list the bucket', () => {
    const { template, stack, made } = distribution();
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: Match.stringLikeRegexp('^StorageStatic') },
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Effect: 'Allow',
            Action: ['s3:GetObject', 's3:ListBucket'],
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Resource: Match.anyValue(),
            Condition: {
              StringEquals: {
                'AWS:SourceArn': {
                  'Fn::Join': ['', Match.arrayWith([stack.resolve(made.distribution.distributionId)])],
                },
              },
            },
          },
        ]),
      },
    });
  });

  test('are taken for what their type says, and may be shown elsewhere', () => {
    const { behavior, headers } = distribution();
    const policy = headers(behavior('/static/*').ResponseHeadersPolicyId);
    expect(policy.SecurityHeadersConfig).toEqual({ ContentTypeOptions: { Override: true } });
    expect(policy.CustomHeadersConfig.Items).toEqual([
      { Header: 'Cross-Origin-Resource-Policy', Value: 'cross-origin', Override: true },
    ]);
  });
});

describe('uploads', () => {
  const choices: [string, (stack: Stack) => MediaAccess][] = [
    ['read by everybody', () => MediaAccess.publicRead()],
    ['signed', signed],
  ];

  test('come from Django unless something else is said', () => {
    for (const media of [undefined, MediaAccess.throughDjango()]) {
      const { config, template } = distribution(() => ({ media }));
      expect(config.CacheBehaviors.map(({ PathPattern }: { PathPattern: string }) => PathPattern)).toEqual([
        '/static/*',
      ]);
      expect(config.Origins).toHaveLength(2);
      const readable = Object.values(template.findResources('AWS::S3::BucketPolicy'))
        .filter(({ Properties }) => JSON.stringify(Properties.PolicyDocument).includes('cloudfront.amazonaws.com'))
        .map(({ Properties }) => Properties.Bucket.Ref);
      expect(readable).toEqual([expect.stringMatching(/^StorageStatic/)]);
    }
  });

  test.each(choices)('%s come from their bucket, which the distribution may not list', (_, media) => {
    const { behavior, origin, template } = distribution((stack) => ({ media: media(stack) }));
    const uploads = behavior('/media/*');
    expect(uploads).toMatchObject({ CachePolicyId: CACHING_OPTIMIZED, AllowedMethods: ['GET', 'HEAD'] });
    expect(origin(uploads.TargetOriginId)).toMatchObject({
      DomainName: { 'Fn::GetAtt': [expect.stringMatching(/^StorageMedia/), 'RegionalDomainName'] },
      OriginAccessControlId: expect.anything(),
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: Match.stringLikeRegexp('^StorageMedia') },
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: 's3:GetObject', Principal: { Service: 'cloudfront.amazonaws.com' } }),
        ]),
      },
    });
  });

  test.each(choices)(
    '%s can do no harm: no script, no frame, no guessing of types, and saved unless images',
    (_, media) => {
      const { behavior, headers, template } = distribution((stack) => ({ media: media(stack) }));
      const uploads = behavior('/media/*');
      expect(headers(uploads.ResponseHeadersPolicyId).SecurityHeadersConfig).toEqual({
        ContentSecurityPolicy: {
          ContentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'; sandbox",
          Override: true,
        },
        ContentTypeOptions: { Override: true },
        ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
      });
      const [association] = uploads.FunctionAssociations;
      expect(association.EventType).toBe('viewer-response');
      const [id] = association.FunctionARN['Fn::GetAtt'];
      expect(template.findResources('AWS::CloudFront::Function')[id].Properties).toMatchObject({
        FunctionConfig: { Runtime: 'cloudfront-js-2.0' },
        FunctionCode: expect.stringContaining("response.headers['content-disposition'] = { value: 'attachment' };"),
      });
    },
  );

  test('that are signed are answered only for signatures of the keys', () => {
    const { behavior, template } = distribution((stack) => ({
      media: MediaAccess.signed({
        publicKey: keyOf(stack, 'New'),
        privateKey: Secret.fromSecretNameV2(stack, 'PrivateKey', 'media-key'),
        formerPublicKeys: [keyOf(stack, 'Old')],
      }),
    }));
    const [group] = Object.keys(template.findResources('AWS::CloudFront::KeyGroup'));
    expect(behavior('/media/*').TrustedKeyGroups).toEqual([{ Ref: group }]);
    expect(behavior('/static/*').TrustedKeyGroups).toBeUndefined();
    template.hasResourceProperties('AWS::CloudFront::KeyGroup', { KeyGroupConfig: { Items: ['KNew', 'KOld'] } });
  });

  test('that everybody may read need no signature', () => {
    const { behavior, template } = distribution(() => ({ media: MediaAccess.publicRead() }));
    expect(behavior('/media/*').TrustedKeyGroups).toBeUndefined();
    template.resourceCountIs('AWS::CloudFront::KeyGroup', 0);
  });
});

describe('access logs', () => {
  test('go to a private bucket that CloudFront may write to, without cookies', () => {
    const { config, template, stack, made } = distribution();
    expect(config.Logging).toEqual({
      Bucket: stack.resolve(made.accessLogsBucket?.bucketRegionalDomainName),
      IncludeCookies: false,
    });
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
        PublicAccessBlockConfiguration: Match.objectLike({ BlockPublicAcls: true, RestrictPublicBuckets: true }),
        LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 90 })] },
      },
    });
  });

  test('are off in development, and can be switched on and off', () => {
    const bucket = (props: Partial<SiteDistributionProps>) => distribution(() => props).made.accessLogsBucket;
    expect(bucket({ profile: SiteProfile.DEVELOPMENT })).toBeUndefined();
    expect(bucket({ accessLogs: false })).toBeUndefined();
    expect(bucket({ accessLogs: true, profile: SiteProfile.DEVELOPMENT })).toBeDefined();
    expect(distribution(() => ({ accessLogs: false })).config.Logging).toBeUndefined();
  });
});

describe('SiteDistribution', () => {
  test('warns of nothing', () => {
    const { stack } = distribution((own) => ({ media: signed(own) }));
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test("breaks no rule of cdk-nag about CloudFront but two: where visitors may be, and a firewall, are the user's choice", () => {
    const { stack } = distribution((own) => ({ media: signed(own) }));
    const resources = stack.node.findAll().filter(CfnResource.isCfnResource);
    const broken = Object.entries(rules.cloudfront)
      .filter(([, rule]) => resources.some((resource) => rule(resource) === 'Non-Compliant'))
      .map(([name]) => name);

    expect(Object.keys(rules.cloudfront).length).toBeGreaterThan(5);
    expect(broken.sort()).toEqual(['CloudFrontDistributionGeoRestrictions', 'CloudFrontDistributionWAFIntegration']);
  });

  test('makes no Lambda function', () => {
    distribution((stack) => ({ media: signed(stack) })).template.resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('can be made in two regions of an account: what CloudFront names for all regions has the region in its name', () => {
    const { template } = distribution((stack) => ({ media: signed(stack) }));
    const named = {
      'AWS::CloudFront::ResponseHeadersPolicy': 'ResponseHeadersPolicyConfig',
      'AWS::CloudFront::OriginAccessControl': 'OriginAccessControlConfig',
      'AWS::CloudFront::KeyGroup': 'KeyGroupConfig',
    };
    const names = Object.entries(named).flatMap(([type, key]) =>
      Object.values(template.findResources(type)).map(({ Properties }) => JSON.stringify(Properties[key].Name)),
    );
    const functions = Object.values(template.findResources('AWS::CloudFront::Function')).map(({ Properties }) =>
      JSON.stringify(Properties.Name),
    );
    expect(names).toHaveLength(5);
    expect(functions).toHaveLength(2);
    for (const name of [...names, ...functions]) expect(name).toContain('{"Ref":"AWS::Region"}');
  });

  test.each<[string, (stack: Stack) => Partial<SiteDistributionProps>, string]>([
    [
      'a certificate of another region',
      (stack) => ({ certificate: certificateOf(stack, 'eu-west-1') }),
      "'certificate' must be in us-east-1, where CloudFront looks for certificates, got one in eu-west-1",
    ],
    [
      'a request that CloudFront does not wait for',
      () => ({ requestTimeout: Duration.seconds(61) }),
      "'requestTimeout' must be a whole number from 1 to 60, got 61",
    ],
    [
      'uploads without their bucket',
      () => ({ media: MediaAccess.publicRead(), mediaBucket: undefined }),
      "'mediaBucket' must be given unless 'media' is MediaAccess.throughDjango()",
    ],
  ])('fails for %s', (_, props, message) => {
    expect(() => distribution(props)).toThrow(`${message} [Test/Edge]`);
  });
});
