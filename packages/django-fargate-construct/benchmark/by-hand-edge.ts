import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import * as s3 from 'aws-cdk-lib/aws-s3';

/** Name of the site. */
export const NAME = 'www.example.com';

/** A load balancer with HTTPS under the site's name, and a log of its requests; answers its listener. */
export function makeEdge(stack: Stack, vpc: ec2.Vpc, zone: route53.IHostedZone): elbv2.ApplicationListener {
  const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'LoadBalancer', {
    vpc,
    vpcSubnets: { subnetGroupName: 'Public' },
    internetFacing: true,
    idleTimeout: Duration.seconds(60),
    http2Enabled: true,
    dropInvalidHeaderFields: true,
    desyncMitigationMode: elbv2.DesyncMitigationMode.DEFENSIVE,
    xffHeaderProcessingMode: elbv2.XffHeaderProcessingMode.APPEND,
    deletionProtection: true,
  });
  logRequests(stack, loadBalancer);
  new route53.ARecord(stack, 'Alias', {
    zone,
    recordName: NAME,
    target: route53.RecordTarget.fromAlias(new targets.LoadBalancerTarget(loadBalancer)),
  });
  const listener = loadBalancer.addListener('Https', {
    protocol: elbv2.ApplicationProtocol.HTTPS,
    certificates: [
      new acm.Certificate(stack, 'Certificate', {
        domainName: NAME,
        validation: acm.CertificateValidation.fromDns(zone),
      }),
    ],
    sslPolicy: elbv2.SslPolicy.TLS13_12_RES_PQ,
    open: true,
    defaultAction: elbv2.ListenerAction.fixedResponse(421, { contentType: 'text/plain', messageBody: 'Unknown host' }),
  });
  loadBalancer.addRedirect();
  return listener;
}

function logRequests(stack: Stack, loadBalancer: elbv2.ApplicationLoadBalancer): void {
  const bucket = new s3.Bucket(stack, 'AccessLogs', {
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    versioned: true,
    lifecycleRules: [
      {
        expiration: Duration.days(90),
        noncurrentVersionExpiration: Duration.days(7),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`AWSLogs/${stack.account}/*`)],
    }),
  );
  loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
  loadBalancer.setAttribute('access_logs.s3.bucket', bucket.bucketName);
  loadBalancer.node.addDependency(bucket);
}
