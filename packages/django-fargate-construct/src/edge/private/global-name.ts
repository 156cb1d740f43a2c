import { Names, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

const LONGEST_REGION = 'ap-southeast-1'.length;

/**
 * Name of a CloudFront resource. Such names are the account's, not a region's: without the region in it, the same app
 * could not be deployed to a second one.
 */
export function globalName(scope: Construct, id: string, maxLength: number): string {
  const extra = `-${id}-`.length + LONGEST_REGION;
  return `${Names.uniqueResourceName(scope, { maxLength: maxLength - extra })}-${id}-${Stack.of(scope).region}`;
}
