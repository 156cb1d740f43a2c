import { Fn, Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { HardenedRepository } from '../../src';
import { emptyStack } from '../fixtures';

const DIGEST = `sha256:${'a'.repeat(64)}`;

/** What a task definition with the image of one repository names as its image. */
function imageOf(pick: (images: HardenedRepository) => ecs.ContainerImage): unknown {
  const stack = emptyStack();
  const task = new ecs.FargateTaskDefinition(stack, 'Task');
  task.addContainer('web', {
    image: pick(new HardenedRepository(stack, 'Images', { releaseTagPatterns: ['v*', 'hotfix-*'] })),
  });
  const [definition] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  return JSON.stringify(definition.Properties.ContainerDefinitions[0].Image);
}

const images = () => new HardenedRepository(emptyStack(), 'Images');
const UNPROTECTED =
  "must match a release pattern (v*), got 'sha-4f2a', which no rule keeps: push the image under a release tag, add a " +
  "pattern to 'releaseTagPatterns', or pin what runs (DeployedImagePins) and deploy it by imageByDigest() [Test/Images]";

describe('a release', () => {
  test.each(['v1.4.2', 'hotfix-7'])('is an image for a task: %s', (tag) => {
    expect(imageOf((repository) => repository.releaseImage(tag))).toContain(`:${tag}`);
  });

  test('fails for a tag that no rule keeps', () => {
    expect(() => images().releaseImage('sha-4f2a')).toThrow(`'tag' ${UNPROTECTED}`);
  });

  test.each(['', '.v1', 'v1/2', `v${'1'.repeat(128)}`])('fails for what is no tag: %j', (tag) => {
    expect(() => images().releaseImage(tag)).toThrow(
      `'tag' must be 1 to 128 letters, digits, '_', '.' and '-', not starting with '.' or '-', got '${tag}' [Test/Images]`,
    );
  });

  test('fails for a tag that is not known yet', () => {
    expect(() => images().releaseImage(Lazy.string({ produce: () => 'v1' }))).toThrow(
      "'tag' must be known when the app is synthesized, got a token: only then can be told whether a rule keeps it. " +
        'Without that check, use ecs.ContainerImage.fromEcrRepository() [Test/Images]',
    );
  });
});

describe('an image by its digest', () => {
  test('is named by the digest', () => {
    expect(imageOf((repository) => repository.imageByDigest(DIGEST))).toContain(`@${DIGEST}`);
  });

  test('is named by the digest when its release tag is given, too', () => {
    const image = imageOf((repository) => repository.imageByDigest(DIGEST, 'v1.4.2'));

    expect(image).toContain(`@${DIGEST}`);
    expect(image).not.toContain('v1.4.2');
  });

  test('is named by a digest that is known at deployment only', () => {
    const digest = Fn.importValue('Digest');
    const image = imageOf((repository) => repository.imageByDigest(digest));

    expect(image).toMatch(/@",\{"Fn::ImportValue":"Digest"\}/);
  });

  test('is pulled by the task that uses it, also when its digest is not known', () => {
    const repository = images();
    const task = new ecs.FargateTaskDefinition(Stack.of(repository), 'Pulls');
    task.addContainer('web', { image: repository.imageByDigest(Fn.importValue('Digest')) });
    Template.fromStack(Stack.of(repository)).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: Match.arrayWith(['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']) }),
        ]),
      },
    });
  });

  test('fails when the tag is not one of a release', () => {
    expect(() => images().imageByDigest(DIGEST, 'sha-4f2a')).toThrow(`'releaseTag' ${UNPROTECTED}`);
  });

  test.each(['v1.4.2', 'sha256:abc', DIGEST.toUpperCase()])('fails for what is no digest: %s', (digest) => {
    expect(() => images().imageByDigest(digest)).toThrow(
      `'digest' must be 'sha256:' and 64 lower-case hexadecimal digits, got '${digest}' [Test/Images]`,
    );
  });
});

describe('the commands that push', () => {
  /** As the shell sees them, with the values that CloudFormation puts in. */
  function commands(...args: Parameters<HardenedRepository['pushCommands']>): string[] {
    const repository = images();
    const text = JSON.stringify(Stack.of(repository).resolve(repository.pushCommands(...args)));
    return [...text.matchAll(/"(aws ecr|docker) ([^"]*)/g)].map(([, tool, rest]) => `${tool} ${rest}`);
  }

  test('log in, build and push', () => {
    const [login, build, push] = commands('v1.4.2');

    expect(login).toBe('aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin ');
    expect(build).toBe('docker build --platform linux/amd64 --provenance=false --tag ');
    expect(push).toBe('docker push ');
  });

  test('build another folder for another platform', () => {
    const repository = images();
    const [, build] = Stack.of(repository).resolve(
      repository.pushCommands('v1.4.2', { directory: 'shop', platform: 'linux/arm64' }),
    );

    expect(build['Fn::Join'][1][0]).toBe('docker build --platform linux/arm64 --provenance=false --tag ');
    expect(build['Fn::Join'][1].at(-1)).toBe(':v1.4.2 shop');
  });

  test('fail for a tag that no rule keeps', () => {
    expect(() => images().pushCommands('sha-4f2a')).toThrow(`'tag' ${UNPROTECTED}`);
  });
});
