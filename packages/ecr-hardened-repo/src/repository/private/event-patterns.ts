import type * as ecr from 'aws-cdk-lib/aws-ecr';
import * as events from 'aws-cdk-lib/aws-events';
import { FindingSeverity } from '../../shared/finding-severity';
import { PIN_TAG_PREFIX } from '../../shared/pin-tag';

/**
 * An image was pushed. ECR tells so itself; no trail of CloudTrail is needed.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
 */
export function imagePushed(repository: ecr.IRepository, tagPatterns?: string[]): events.EventPattern {
  return {
    source: ['aws.ecr'],
    detailType: ['ECR Image Action'],
    detail: {
      'action-type': ['PUSH'],
      result: ['SUCCESS'],
      'repository-name': [repository.repositoryName],
      'image-tag': tagPatterns
        ? events.Match.anyOf(...tagPatterns.map((pattern) => events.Match.wildcard(pattern)))
        : // a pin is a push, too, but of an image that is there
          events.Match.anyOf(events.Match.doesNotExist(), events.Match.anythingButPrefix(PIN_TAG_PREFIX)),
    },
  };
}

/** The first scan of an image ended, by basic scanning. */
export function basicScan(repository: ecr.IRepository, severities: string[]): events.EventPattern {
  return {
    source: ['aws.ecr'],
    detailType: ['ECR Image Scan'],
    detail: {
      'scan-status': ['COMPLETE'],
      'repository-name': [repository.repositoryName],
      ...someOf(severities),
    },
  };
}

/**
 * The first scan of an image ended, by enhanced scanning. Amazon Inspector names the repository by its ARN.
 * Source: https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
 */
export function enhancedScan(repository: ecr.IRepository, severities: string[]): events.EventPattern {
  return {
    source: ['aws.inspector2'],
    detailType: ['Inspector2 Scan'],
    resources: [repository.repositoryArn],
    detail: { 'scan-status': ['INITIAL_SCAN_COMPLETE'], ...someOf(severities) },
  };
}

/** Enhanced scanning made a finding, at the first scan or later. */
export function enhancedFinding(repository: ecr.IRepository, severities: string[]): events.EventPattern {
  return {
    source: ['aws.inspector2'],
    detailType: ['Inspector2 Finding'],
    // the resource is an image: the repository's ARN, a slash, the digest
    resources: events.Match.prefix(`${repository.repositoryArn}/`),
    // ECR's UNDEFINED is Inspector's UNTRIAGED
    detail: { status: ['ACTIVE'], severity: severities.map((name) => (name === 'UNDEFINED' ? 'UNTRIAGED' : name)) },
  };
}

/** The severities that are at least as bad as `least`. */
export function severitiesFrom(least: FindingSeverity): string[] {
  const worstFirst = Object.values(FindingSeverity);
  return worstFirst.slice(0, worstFirst.indexOf(least) + 1);
}

/** At least one finding of these severities; the counts leave out severities without findings. */
function someOf(severities: string[]): object {
  return {
    $or: severities.map((severity) => ({
      'finding-severity-counts': { [severity]: events.Match.greaterThan(0) },
    })),
  };
}
