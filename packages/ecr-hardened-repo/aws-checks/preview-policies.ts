import { App, Stack } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import { HardenedRepository } from '../src/repository/hardened-repository';
import { ImageEncryption } from '../src/repository/image-encryption';
import type { ImageDetail, RetentionOutcome } from '../src/retention/image-detail';
import { lifecyclePolicyText } from '../src/retention/lifecycle-policy';
import { ImageSelection, RetentionRule } from '../src/retention/retention-rule';
import { simulate } from '../src/retention/simulation';

/** A policy to preview, and what AWS's answer to it tells. */
export interface PreviewPolicy {
  readonly title: string;
  readonly text: string;
  readonly simulate: (images: ImageDetail[], now: Date) => RetentionOutcome[];
  /** What AWS does, by the names of the images that it takes. */
  readonly reading: (taken: string[]) => string;
}

/** The policies, that of a hardened repository first. */
export function previewPolicies(): PreviewPolicy[] {
  const pins = RetentionRule.keepNewest(1000, ImageSelection.tagged('inuse-*'));
  return [
    {
      title: 'The policy of a HardenedRepository that retains 3 releases',
      ...hardened(),
      reading: byTaken(
        [['v2', 'v3'], 'pinned releases stay, and take up places among the retained ones'],
        [['v2'], 'pinned releases stay, and take up no places'],
      ),
    },
    {
      title: 'A count of untagged images',
      ...ofRules(pins, RetentionRule.keepNewest(5, ImageSelection.untagged())),
      reading: byTaken(
        [['untagged 1', 'untagged 2', 'untagged 3', 'untagged 4'], 'children of an index count, and so do referrers'],
        [['untagged 1', 'untagged 2'], 'referrers count, children of an index do not'],
        [['untagged 1'], 'children of an index count, referrers do not'],
        [[], 'neither children of an index nor referrers count'],
      ),
    },
    {
      title: 'A count of all images behind the pins',
      ...ofRules(pins, RetentionRule.keepNewest(8, ImageSelection.any())),
      reading: byTaken(
        [
          ['untagged 1', 'untagged 2', 'untagged 3', 'untagged 4', 'v2', 'v3'],
          'all kinds of images count, and pinned ones stay',
        ],
        [['untagged 1', 'untagged 2'], 'neither children of an index nor referrers count'],
      ),
    },
    {
      title: 'Two patterns in one rule, and what a later rule sees',
      ...ofRules(
        RetentionRule.keepNewest(1, ImageSelection.tagged('inuse-*', 'stable-*')),
        RetentionRule.keepNewest(2, ImageSelection.tagged('v*')),
      ),
      reading: byTaken(
        [
          ['v1', 'v2', 'v3', 'v4, an index'],
          'an image must match all patterns of a rule; a later rule counts what an earlier one identified',
        ],
        [
          ['v1', 'v2', 'v3'],
          'an image must match all patterns of a rule; a later rule does not count what an earlier one identified',
        ],
        [['v1', 'v2', 'v3', 'v4, an index', 'v5'], 'an image need match only one of the patterns of a rule'],
      ),
    },
  ];
}

function hardened(): Pick<PreviewPolicy, 'text' | 'simulate'> {
  const stack = new Stack(new App(), 'Preview');
  const repository = new HardenedRepository(stack, 'Images', {
    retainReleases: 3,
    encryption: ImageEncryption.awsManagedKey(),
  });
  const { lifecyclePolicy } = repository.node.defaultChild as ecr.CfnRepository;
  return {
    text: stack.resolve(lifecyclePolicy).lifecyclePolicyText,
    simulate: (images, now) => repository.simulateRetention(images, now),
  };
}

function ofRules(...rules: RetentionRule[]): Pick<PreviewPolicy, 'text' | 'simulate'> {
  return { text: lifecyclePolicyText(rules), simulate: (images, now) => simulate(rules, images, now) };
}

/** The reading for exactly these images; what goes with them, children and referrers, is left aside. */
function byTaken(...readings: [string[], string][]): PreviewPolicy['reading'] {
  return (taken) => {
    const alone = taken.filter((name) => !/^child |referrer /.test(name));
    const found = readings.find(([names]) => JSON.stringify(names) === JSON.stringify(alone));
    return found?.[1] ?? `nothing that was thought of: AWS takes ${taken.join(', ') || 'no image'}`;
  };
}
