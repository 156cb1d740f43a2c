import type { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  DjangoContract,
  PasswordRotation,
  PostgresDatabase,
  type PostgresDatabaseProps,
  type UrlContractOptions,
} from '../../src';
import { container, makeSite, templateOf, testStack } from '../fixtures';

const siteWith = (contract: DjangoContract) => {
  const template = templateOf(makeSite({ django: { contract } }));
  const { Environment, Secrets } = container(template, 'web');
  const named = (list: { Name: string }[], value: 'Value' | 'ValueFrom') =>
    Object.fromEntries(list.map((entry) => [entry.Name, (entry as Record<string, unknown>)[value]]));
  return { template, environment: named(Environment, 'Value'), secrets: named(Secrets, 'ValueFrom') };
};

/** The text of a secret, with `<logical id>:<field>` for each reference to another one. */
const textOf = (template: Template, reference: unknown) => {
  const secret = template.findResources('AWS::SecretsManager::Secret')[(reference as { Ref: string }).Ref];
  const { SecretString } = secret.Properties;
  const show = (part: unknown): string => {
    if (typeof part === 'string') return part;
    const { Ref, 'Fn::GetAtt': attribute } = part as { Ref?: string; 'Fn::GetAtt'?: string[] };
    return Ref ? `<${Ref}>` : `<${attribute?.join('.')}>`;
  };
  return (SecretString['Fn::Join'][1] as unknown[])
    .map(show)
    .join('')
    .replace(/\{\{resolve:secretsmanager:<(\w+?)[A-F0-9]{8}>:SecretString:(\w*)::\}\}/g, '<$1 $2>')
    .replace(/<(\w+?)[A-F0-9]{8}\.(\w+)/g, '<$1.$2');
};

describe('DjangoContract.urls', () => {
  test('gives URLs that are put together at deployment, and holds no value of a secret', () => {
    const { template, environment, secrets } = siteWith(DjangoContract.urls());

    expect(environment).toMatchObject({
      ALLOWED_HOSTS: 'www.example.com',
      AWS_STORAGE_BUCKET_NAME: { Ref: expect.stringMatching(/^SiteStorageMedia/) },
    });
    expect(textOf(template, secrets.DATABASE_URL)).toBe(
      'postgres://<SiteDatabaseInstanceSecretAttachment username>:<SiteDatabaseInstanceSecretAttachment password>@<SiteDatabaseInstanceSecretAttachment host>:<SiteDatabaseInstanceSecretAttachment port>/<SiteDatabaseInstanceSecretAttachment dbname>?sslmode=require',
    );
    expect(textOf(template, secrets.REDIS_URL)).toBe(
      'rediss://:<SiteCacheAuthToken >@<SiteCacheNodes.PrimaryEndPoint.Address>:6379/0',
    );
    expect(textOf(template, secrets.CELERY_BROKER_URL)).toBe(
      'rediss://:<SiteCacheAuthToken >@<SiteCacheNodes.PrimaryEndPoint.Address>:6379/1?ssl_cert_reqs=CERT_REQUIRED',
    );
    expect(secrets.SECRET_KEY).toEqual({ Ref: expect.stringMatching(/^SiteSecretKey/) });
  });

  test('leaves out the names of the standard contract', () => {
    const { environment, secrets } = siteWith(DjangoContract.urls());
    expect(Object.keys({ ...environment, ...secrets }).sort()).toEqual([
      'ALLOWED_HOSTS',
      'AWS_REGION',
      'AWS_STORAGE_BUCKET_NAME',
      'CELERY_BROKER_URL',
      'DATABASE_URL',
      'DJANGO_PROCESS',
      'DJANGO_SETTINGS_MODULE',
      'GUNICORN_CMD_ARGS',
      'REDIS_URL',
      'SECRET_KEY',
      'SITE_URL',
      'STATIC_BUCKET',
    ]);
  });

  test('takes every name', () => {
    const names = {
      databaseUrl: 'DB',
      redisUrl: 'CACHE',
      celeryBrokerUrl: 'BROKER',
      secretKey: 'KEY',
      allowedHosts: 'HOSTS',
      mediaBucket: 'UPLOADS',
    };
    const stack = testStack();
    const secretKeyFallback = Secret.fromSecretNameV2(stack, 'NewKey', 'new-key');
    const contract = DjangoContract.urls(names);
    const { Environment, Secrets } = container(
      templateOf(makeSite({ django: { contract, secretKeyFallback } }, stack)),
      'release',
    );
    const given = [...Environment, ...Secrets].map(({ Name }: { Name: string }) => Name);
    expect(given).toEqual(expect.arrayContaining([...Object.values(names), 'KEY_FALLBACK']));
  });

  test('checks the certificate of the database against a file of the image', () => {
    const { template, secrets } = siteWith(DjangoContract.urls({ sslRootCert: '/etc/ssl/rds/global-bundle.pem' }));
    expect(textOf(template, secrets.DATABASE_URL)).toMatch(
      /\?sslmode=verify-full&sslrootcert=%2Fetc%2Fssl%2Frds%2Fglobal-bundle\.pem$/,
    );
  });

  test.each<[UrlContractOptions, string]>([
    [
      { redisUrl: 'REDIS-URL' },
      "'django.contract' must have names of variables, got 'REDIS-URL' as 'redisUrl' [Test/Site]",
    ],
    [
      { redisUrl: 'URL', databaseUrl: 'URL' },
      "'django.contract' must give each value a name of its own, got URL twice [Test/Site]",
    ],
    [
      { secretKey: 'SITE_URL' },
      "'django.contract' must give each value a name of its own, got SITE_URL twice [Test/Site]",
    ],
  ])('fails for names that cannot be: %j', (options, text) => {
    expect(() => siteWith(DjangoContract.urls(options))).toThrow(text);
  });

  test('refuses variables of the project that are its own, and takes those of other contracts', () => {
    const contract = DjangoContract.urls();
    expect(() => makeSite({ django: { contract, environment: { DATABASE_URL: 'x' } } })).toThrow(
      "'django.environment' must not set DATABASE_URL: the site sets it itself. Choose another name [Test/Site]",
    );
    expect(() => makeSite({ django: { contract, environment: { MEDIA_BUCKET: 'x' } } })).not.toThrow();
  });
});

describe('a contract', () => {
  const withDatabase = (contract: DjangoContract, props: Partial<PostgresDatabaseProps>) => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc');
    const database = new PostgresDatabase(stack, 'Database', { vpc, ...props });
    const template = templateOf(makeSite({ vpc, database, django: { contract } }, stack));
    return (process: 'web' | 'release') => {
      const { Environment, Secrets } = container(template, process);
      const entries = [...Environment, ...Secrets].map(({ Name, Value, ValueFrom }) => [Name, Value ?? ValueFrom]);
      return { template, values: Object.fromEntries(entries) };
    };
  };

  test('gives the release the owner of the database, and all others the run user', () => {
    const urls = withDatabase(DjangoContract.urls(), { users: { separateRunUser: true } });
    expect(textOf(urls('web').template, urls('web').values.DATABASE_URL)).toContain('DatabaseRunSecretAttachment');
    expect(textOf(urls('web').template, urls('release').values.DATABASE_URL)).toContain(
      'DatabaseInstanceSecretAttachment',
    );
    expect(urls('web').values).not.toHaveProperty('DATABASE_RUN_SECRET');
    expect(JSON.stringify(urls('release').values.DATABASE_RUN_SECRET)).toContain('DatabaseRunSecretAttachment');

    const fields = withDatabase(DjangoContract.cookiecutterDjango(), { users: { separateRunUser: true } });
    expect(JSON.stringify(fields('web').values.POSTGRES_USER)).toContain('DatabaseRunSecretAttachment');
    expect(JSON.stringify(fields('release').values.POSTGRES_USER)).toContain('DatabaseInstanceSecretAttachment');
  });

  test('leads to the proxy, but for the release', () => {
    const endpoint = { 'Fn::GetAtt': [expect.stringMatching(/^DatabaseProxy/), 'Endpoint'] };
    const fields = withDatabase(DjangoContract.cookiecutterDjango(), { proxy: {} });
    expect(fields('web').values.POSTGRES_HOST).toEqual(endpoint);
    expect(JSON.stringify(fields('release').values.POSTGRES_HOST)).toContain(':host::');

    const urls = withDatabase(DjangoContract.urls(), { proxy: {} });
    expect(textOf(urls('web').template, urls('web').values.DATABASE_URL)).toMatch(/@<DatabaseProxy\w*\.Endpoint/);
    expect(textOf(urls('web').template, urls('release').values.DATABASE_URL)).toMatch(/@<\w+ host>:/);
  });

  test('of URLs is refused when the password of the database is rotated', () => {
    const passwordRotation = PasswordRotation.sameUser();
    expect(() => withDatabase(DjangoContract.urls(), { users: { passwordRotation } })).toThrow(
      "'django.contract' must not be DjangoContract.urls() when the password of 'database' is rotated: the URL would keep the old one [Test/Site]",
    );
    expect(() => withDatabase(DjangoContract.cookiecutterDjango(), { users: { passwordRotation } })).not.toThrow();
  });
});

describe('DjangoContract.cookiecutterDjango', () => {
  test("gives the database's fields, so that a new password reaches the tasks that start after it", () => {
    const { environment, secrets } = siteWith(DjangoContract.cookiecutterDjango());

    const field = (name: string) => ({
      'Fn::Join': ['', [{ Ref: expect.stringMatching(/^SiteDatabase.*Attachment/) }, `:${name}::`]],
    });
    expect(secrets).toMatchObject({
      POSTGRES_HOST: field('host'),
      POSTGRES_PORT: field('port'),
      POSTGRES_DB: field('dbname'),
      POSTGRES_USER: field('username'),
      POSTGRES_PASSWORD: field('password'),
    });
    expect(environment).toMatchObject({ PGSSLMODE: 'require', DJANGO_ALLOWED_HOSTS: 'www.example.com' });
    expect(environment).not.toHaveProperty('PGSSLROOTCERT');
  });

  test('gives the cache as a URL, and leaves the bucket to the role of the task', () => {
    const { template, environment, secrets } = siteWith(DjangoContract.cookiecutterDjango());

    expect(textOf(template, secrets.REDIS_URL)).toMatch(/^rediss:.*\/0$/);
    expect(secrets.DJANGO_SECRET_KEY).toEqual({ Ref: expect.stringMatching(/^SiteSecretKey/) });
    expect(environment).toMatchObject({
      DJANGO_AWS_STORAGE_BUCKET_NAME: { Ref: expect.stringMatching(/^SiteStorageMedia/) },
      DJANGO_AWS_S3_REGION_NAME: { Ref: 'AWS::Region' },
      DJANGO_AWS_ACCESS_KEY_ID: '',
      DJANGO_AWS_SECRET_ACCESS_KEY: '',
    });
  });

  test('checks the certificate of the database against a file of the image', () => {
    const { environment } = siteWith(DjangoContract.cookiecutterDjango({ sslRootCert: '/etc/ssl/rds.pem' }));
    expect(environment).toMatchObject({ PGSSLMODE: 'verify-full', PGSSLROOTCERT: '/etc/ssl/rds.pem' });
  });
});

test('the same contract gives every process of a site the same', () => {
  const made = makeSite({ django: { contract: DjangoContract.urls() } });
  made.addWorker('Worker');
  const template = templateOf(made);

  expect(container(template, 'worker').Secrets).toEqual(container(template, 'web').Secrets);
});
