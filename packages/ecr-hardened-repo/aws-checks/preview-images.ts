import { type TinyImage, tinyImage, tinyIndex, tinyReferrer } from './tiny-image';

/** An image to push. */
export interface PreviewImage {
  readonly name: string;
  readonly image: TinyImage;
  readonly tags: string[];
  readonly subjectDigest?: string;
}

/**
 * Images in the order of their push. The pins are on the oldest and on a new release, so that a policy shows whether
 * pinned images take up places; there are two children, three referrers and four other untagged images, so that what a
 * count rule takes tells which of them it counts.
 */
export function previewImages(): PreviewImage[] {
  const single = (name: string, ...tags: string[]): PreviewImage => ({ name, image: tinyImage(name), tags });
  const referrer = (name: string, subject: PreviewImage): PreviewImage => ({
    name,
    image: tinyReferrer(name, subject.image),
    tags: [],
    subjectDigest: subject.image.digest,
  });
  const untagged = [1, 2, 3, 4].map((number) => single(`untagged ${number}`));
  const v1 = single('v1', 'v1', 'stable-1', 'inuse-web-1');
  const v2 = single('v2', 'v2');
  const v3 = single('v3', 'v3');
  const children = [single('child of v4, amd64'), single('child of v4, arm64')];
  const v4: PreviewImage = { name: 'v4, an index', image: tinyIndex(children.map(({ image }) => image)), tags: ['v4'] };
  const v5 = single('v5', 'v5', 'stable-5', 'inuse-web-5');
  const v6 = single('v6', 'v6', 'stable-6');
  return [
    ...untagged,
    v1,
    v2,
    v3,
    ...children,
    v4,
    v5,
    v6,
    referrer('referrer of v2', v2),
    referrer('referrer of v6', v6),
    referrer('another referrer of v6', v6),
  ];
}
