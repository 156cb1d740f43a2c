import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { MediaAccess, SiteDomain, SiteProfile, SiteStorage } from '../../src';
import { container, makeSite, templateOf, testStack } from '../fixtures';

describe('SiteStorage', () => {
  const storage = (profile?: SiteProfile) => {
    const stack = testStack();
    new SiteStorage(stack, 'Storage', { profile });
    return Template.fromStack(stack);
  };

  test('keeps both buckets private, encrypted and for good', () => {
    const template = storage();
    template.resourceCountIs('AWS::S3::Bucket', 2);
    template.allResources('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      },
    });
    template.allResourcesProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({ Effect: 'Deny', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
        ]),
      },
    });
  });

  test('brings a file back for 30 days, and deletes no current one', () => {
    storage().allResourcesProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [
          {
            Status: 'Enabled',
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
            NoncurrentVersionExpiration: { NoncurrentDays: 30 },
            ExpirationInDays: Match.absent(),
          },
        ],
      },
    });
  });

  test('is emptied and deleted in development', () => {
    const template = storage(SiteProfile.DEVELOPMENT);
    template.allResources('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
    template.resourceCountIs('Custom::S3AutoDeleteObjects', 2);
  });
});

describe('given buckets', () => {
  /** Actions of a role's statements that name something of a construct. */
  const actions = (template: Template, role: RegExp, resource: RegExp) =>
    Object.entries(template.findResources('AWS::IAM::Policy'))
      .filter(([id]) => role.test(id))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      .filter(({ Resource }) => resource.test(JSON.stringify(Resource)))
      .flatMap(({ Action }) => Action);

  test('are used, and none is made in their place', () => {
    const stack = testStack();
    const mediaBucket = Bucket.fromBucketName(stack, 'Uploads', 'shop-uploads');
    const staticBucket = Bucket.fromBucketName(stack, 'Files', 'shop-files');
    const storage = new SiteStorage(stack, 'Storage', { mediaBucket, staticBucket });
    const template = templateOf(makeSite({ storage }, stack));

    expect(Object.keys(template.findResources('AWS::S3::Bucket'))).toEqual([expect.stringMatching(/AccessLogs/)]);
    expect(container(template, 'web').Environment).toEqual(
      expect.arrayContaining([
        { Name: 'MEDIA_BUCKET', Value: 'shop-uploads' },
        { Name: 'STATIC_BUCKET', Value: 'shop-files' },
      ]),
    );
    expect(actions(template, /^SiteWebTaskTaskRole/, /shop-uploads/)).toContain('s3:PutObject');
    expect(actions(template, /^SiteWebTaskTaskRole/, /shop-files/)).not.toContain('s3:PutObject');
    expect(actions(template, /^SiteReleaseTaskTaskRole/, /shop-files/)).toEqual(['s3:ListBucket', 's3:PutObject']);
  });

  test('under a key of their own may be written', () => {
    const stack = testStack();
    const bucket = (id: string) => new Bucket(stack, id, { encryptionKey: new Key(stack, `${id}Key`) });
    const storage = new SiteStorage(stack, 'Storage', {
      mediaBucket: bucket('Uploads'),
      staticBucket: bucket('Files'),
    });
    const template = templateOf(makeSite({ storage }, stack));

    expect(actions(template, /^SiteReleaseTaskTaskRole/, /FilesKey/)).toContain('kms:GenerateDataKey*');
    expect(actions(template, /^SiteWebTaskTaskRole/, /UploadsKey/)).toContain('kms:GenerateDataKey*');
    expect(actions(template, /^SiteWebTaskTaskRole/, /FilesKey/)).toContain('kms:Decrypt');
  });

  test('may lie in another stack behind CloudFront, which does not come to depend on the site', () => {
    const app = new App();
    const env = { region: 'us-east-1', account: '111122223333' };
    const [data, stack] = [new Stack(app, 'Data', { env }), new Stack(app, 'Test', { env })];
    const storage = new SiteStorage(data, 'Storage');
    const arn = 'arn:aws:acm:us-east-1:111122223333:certificate/abc';
    const certificate = Certificate.fromCertificateArn(stack, 'Certificate', arn);
    const domain = SiteDomain.certificate('www.example.com', certificate, {
      cloudFront: { certificate, media: MediaAccess.publicRead() },
    });
    const template = templateOf(makeSite({ storage, domain }, stack));

    expect(data.dependencies).toEqual([]);
    template.resourceCountIs('AWS::CloudFront::OriginAccessControl', 1);
    const reads = (listed: boolean) =>
      Match.objectLike({
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: listed ? ['s3:GetObject', 's3:ListBucket'] : 's3:GetObject',
        Condition: {
          ArnLike: {
            'aws:SourceArn': {
              'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':cloudfront::111122223333:distribution/*']],
            },
          },
        },
      });
    for (const listed of [true, false]) {
      Template.fromStack(data).hasResourceProperties('AWS::S3::BucketPolicy', {
        PolicyDocument: { Statement: Match.arrayWith([reads(listed)]) },
      });
    }
  });

  test('fail when they are one, or when rules are given for a bucket that exists', () => {
    const stack = testStack();
    const bucket = Bucket.fromBucketName(stack, 'Bucket', 'shop');
    expect(() => new SiteStorage(stack, 'One', { mediaBucket: bucket, staticBucket: bucket })).toThrow(
      "'mediaBucket' and 'staticBucket' must differ: static files are public, and uploads may be private [Test/One]",
    );
    expect(() => new SiteStorage(stack, 'Rules', { mediaBucket: bucket, mediaCors: [] })).toThrow(
      "'mediaCors' must be left out when 'mediaBucket' is given: its rules are set where it is made [Test/Rules]",
    );
  });
});

test('a new bucket for uploads has the rules for other origins', () => {
  const stack = testStack();
  const mediaCors = [{ allowedMethods: [HttpMethods.PUT], allowedOrigins: ['https://www.example.com'] }];
  new SiteStorage(stack, 'Storage', { mediaCors });
  Template.fromStack(stack).resourcePropertiesCountIs(
    'AWS::S3::Bucket',
    { CorsConfiguration: { CorsRules: [Match.objectLike({ AllowedMethods: ['PUT'] })] } },
    1,
  );
});
