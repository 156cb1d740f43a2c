import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Lazy, RemovalPolicy, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { pullByLambda, pullFromAccounts, pullFromOrganization } from '../access/pull-statements';
import { requireImages } from '../retention/image-check';
import type { ImageDetail, RetentionOutcome } from '../retention/image-detail';
import { lifecyclePolicyText } from '../retention/lifecycle-policy';
import { requireRetention } from '../retention/retention-check';
import type { RetentionRule } from '../retention/retention-rule';
import { simulate } from '../retention/simulation';
import { PIN_TAG_PATTERN, releaseTagPatterns, standardRetention } from '../retention/standard-retention';
import { requireReleaseTag, requireSomeTagPatterns, requireTagsThatStay } from '../retention/tag-checks';
import { FindingSeverity } from '../shared/finding-severity';
import { imageKey } from '../shared/image-key';
import {
  fail,
  requireDigest,
  requireRemovalPolicy,
  requireRepositoryName,
  requireSameRegion,
} from '../shared/validate';
import type { HardenedRepositoryProps } from './hardened-repository-props';
import { ImageEncryption } from './image-encryption';
import { requireMutableTagPatterns, tagMutability } from './mutable-tags';
import { DigestImage } from './private/digest-image';
import { basicScan, enhancedFinding, enhancedScan, imagePushed, severitiesFrom } from './private/event-patterns';
import { AWS_MANAGED_KEY, MUTABLE_TAGS, warnOf, warnOfPrincipals } from './private/weaker-choices';
import type { PushCommandsOptions } from './push-commands';
import type { OnImagePushedOptions, OnScanFindingsOptions } from './repository-events';

/**
 * An ECR repository whose tags never move, whose images are scanned and encrypted, and which never expires an image that
 * a release or a running task needs.
 *
 * @example
 * const repository = new HardenedRepository(this, 'Images', { repositoryName: 'shop/web' });
 * const image = repository.releaseImage('v1.4.2');
 */
export class HardenedRepository extends ecr.Repository {
  /** Customer-managed key that encrypts the images; undefined when AWS manages the key. */
  public readonly encryptionKey?: kms.IKey;

  private readonly releaseTagPatterns: string[];
  private readonly rules: RetentionRule[];

  constructor(scope: Construct, id: string, props: HardenedRepositoryProps = {}) {
    const path = `${scope.node.path}/${id}`;
    const encryption = props.encryption ?? ImageEncryption.customerManagedKey();
    const mutableTagPatterns = props.mutableTagPatterns ?? [];
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const rules = standardRetention(path, props);

    requireMutableTagPatterns(path, 'mutableTagPatterns', mutableTagPatterns, true);
    requireTagsThatStay(path, 'mutableTagPatterns', mutableTagPatterns, [
      PIN_TAG_PATTERN,
      ...releaseTagPatterns(props),
    ]);
    requireRemovalPolicy(path, 'removalPolicy', removalPolicy);
    requireRepositoryName(path, 'repositoryName', props.repositoryName);
    requireSameRegion(path, 'encryption', encryption._key, Stack.of(scope));

    super(scope, id, { repositoryName: props.repositoryName });

    this.releaseTagPatterns = releaseTagPatterns(props);
    this.rules = rules;
    this.encryptionKey = encryption._customerManaged
      ? (encryption._key ?? imageKey(this, `Encrypts the images of ${this.node.path}`, removalPolicy))
      : undefined;
    this.harden(mutableTagPatterns);
    this.remove(removalPolicy);
  }

  /**
   * Always fails: 'addRetentionRule' adds a rule behind those that protect releases and pinned images.
   *
   * @param rule the rule that is refused
   */
  public addLifecycleRule(rule: ecr.LifecycleRule): void {
    // a property injector of the app may give rules to 'super', which adds them here; 'harden' replaces them
    if (this.rules === undefined) return;
    fail(
      this,
      `a hardened repository takes no lifecycle rules, got ${JSON.stringify(rule)}: use addRetentionRule(), which puts ` +
        'them behind what protects releases and pinned images',
    );
  }

  /**
   * Adds a statement to the repository's policy. One that gives access to the principal '*' is warned of at synthesis.
   *
   * @param statement statement to add
   */
  public addToResourcePolicy(statement: iam.PolicyStatement): iam.AddToResourcePolicyResult {
    warnOfPrincipals(this, statement);
    return super.addToResourcePolicy(statement);
  }

  /**
   * Adds a rule behind all that are there; it never reaches an image that a rule before it identifies.
   *
   * @param rule rule to add; synthesis fails when ECR would refuse it
   */
  public addRetentionRule(rule: RetentionRule): void {
    requireRetention(this.node.path, 'addRetentionRule', [...this.rules, rule]);
    this.rules.push(rule);
  }

  /**
   * Tells which images the lifecycle policy would expire or archive, as AWS documents it; nothing is asked of AWS.
   *
   * @param images all images of the repository, as 'aws ecr describe-images' lists them
   * @param now the day to judge by
   */
  public simulateRetention(images: ImageDetail[], now: Date = new Date()): RetentionOutcome[] {
    requireImages(this.node.path, images, now);
    return simulate(this.rules, images, now);
  }

  /**
   * A release's image for a task definition. Synthesis fails for a tag that matches no release pattern, as no rule would
   * keep its image.
   *
   * @param tag tag that the image was pushed with
   */
  public releaseImage(tag: string): ecs.ContainerImage {
    requireReleaseTag(this.node.path, 'tag', tag, this.releaseTagPatterns);
    return ecs.ContainerImage.fromEcrRepository(this, tag);
  }

  /**
   * An image for a task definition by its digest, which no later push can change.
   *
   * @param digest 'sha256:' and 64 hexadecimal digits; may be known at deployment only
   * @param releaseTag tag that the image was pushed with; synthesis fails when it matches no release pattern. Without it,
   * only 'DeployedImagePins' can make sure that the image stays
   */
  public imageByDigest(digest: string, releaseTag?: string): ecs.ContainerImage {
    requireDigest(this.node.path, digest);
    if (releaseTag !== undefined) {
      requireReleaseTag(this.node.path, 'releaseTag', releaseTag, this.releaseTagPatterns);
    }
    return Token.isUnresolved(digest)
      ? new DigestImage(this, digest)
      : ecs.ContainerImage.fromEcrRepository(this, digest);
  }

  /**
   * Lets other AWS accounts pull, and nothing else. Who pulls there needs permission of its own account, too.
   *
   * @param accountIds ids of the accounts, 12 digits each
   */
  public allowPullFromAccounts(...accountIds: string[]): void {
    this.addToResourcePolicy(pullFromAccounts(this, accountIds));
  }

  /**
   * Lets every account of an AWS organization pull, and nothing else. The statement's principal is '*', which cdk-nag's
   * AwsSolutions-ECR1 refuses; synthesis warns of it.
   *
   * @param organizationId id of the organization, such as 'o-a1b2c3d4e5'
   */
  public allowPullFromOrganization(organizationId: string): void {
    this.addToResourcePolicy(pullFromOrganization(this, organizationId));
  }

  /**
   * Lets AWS Lambda pull for these functions, in any account, and for no others.
   *
   * @param functionArns ARNs of the functions; '*' stands for any characters
   */
  public allowPullByLambda(...functionArns: string[]): void {
    this.addToResourcePolicy(pullByLambda(this, functionArns));
  }

  /**
   * An event when an image was pushed. It needs no trail of CloudTrail. ECR sends events on a best effort basis.
   *
   * @param id construct id of the rule
   * @param options target, and the tags that count
   */
  public onImagePushed(id: string, options: OnImagePushedOptions = {}): events.Rule {
    const { tagPatterns, ...eventOptions } = options;
    requireSomeTagPatterns(this.node.path, 'tagPatterns', tagPatterns);
    return this.rule(id, eventOptions, imagePushed(this, tagPatterns));
  }

  /**
   * Events when the first scan of an image ended with findings, for basic and for enhanced scanning, whichever the
   * registry does: a rule each.
   *
   * @param id beginning of the construct ids of the rules
   * @param options target, and the severity from which findings count
   */
  public onScanFindings(id: string, options: OnScanFindingsOptions = {}): events.Rule[] {
    const { minSeverity = FindingSeverity.HIGH, eachFinding, ...eventOptions } = options;
    const severities = severitiesFrom(minSeverity);
    const rules = [
      this.rule(`${id}Basic`, eventOptions, basicScan(this, severities)),
      this.rule(`${id}Enhanced`, eventOptions, enhancedScan(this, severities)),
    ];
    if (eachFinding) rules.push(this.rule(`${id}Finding`, eventOptions, enhancedFinding(this, severities)));
    return rules;
  }

  /**
   * The commands that log in, build and push an image, for an output or a README; they can be run as they are.
   *
   * @param tag tag to push the image with
   * @param options what differs from the defaults
   */
  public pushCommands(tag: string, options: PushCommandsOptions = {}): string[] {
    requireReleaseTag(this.node.path, 'tag', tag, this.releaseTagPatterns);
    const { directory = '.', platform = 'linux/amd64' } = options;
    const image = this.repositoryUriForTag(tag);
    return [
      `aws ecr get-login-password --region ${this.env.region} | docker login --username AWS --password-stdin ${this.registryUri}`,
      `docker build --platform ${platform} --provenance=false --tag ${image} ${directory}`,
      `docker push ${image}`,
    ];
  }

  private rule(id: string, options: events.OnEventOptions, pattern: events.EventPattern): events.Rule {
    const rule = new events.Rule(options.crossStackScope ?? this, id, {
      ruleName: options.ruleName,
      description: options.description,
      eventPattern: options.eventPattern,
    });
    rule.addEventPattern(pattern);
    if (options.target) rule.addTarget(options.target);
    return rule;
  }

  /** Writes on the resource itself, because a property injector of the app could change what 'super' is given. */
  private harden(mutableTagPatterns: string[]): void {
    const resource = this.node.defaultChild as ecr.CfnRepository;
    const { imageTagMutability, imageTagMutabilityExclusionFilters } = tagMutability(mutableTagPatterns);
    resource.imageTagMutability = imageTagMutability;
    resource.imageTagMutabilityExclusionFilters = imageTagMutabilityExclusionFilters;
    resource.imageScanningConfiguration = { scanOnPush: true };
    resource.encryptionConfiguration = { encryptionType: 'KMS', kmsKey: this.encryptionKey?.keyArn };
    resource.lifecyclePolicy = {
      lifecyclePolicyText: Lazy.string({ produce: () => lifecyclePolicyText(this.rules) }),
    };
    if (mutableTagPatterns.length > 0) warnOf(this, MUTABLE_TAGS);
    if (!this.encryptionKey) warnOf(this, AWS_MANAGED_KEY);
  }

  private remove(policy: RemovalPolicy): void {
    const resource = this.node.defaultChild as ecr.CfnRepository;
    resource.applyRemovalPolicy(policy);
    // Without it, CloudFormation fails to delete a repository that holds an image.
    resource.emptyOnDelete = policy === RemovalPolicy.DESTROY;
  }
}
