import { type ContractPlan, cookiecutterContract, standardContract, urlContract } from './contract-plans';

/** Options of every contract that an existing project brings. */
export interface ExistingContractOptions {
  /**
   * File in the image with the certificate authorities of Amazon RDS, such as `/etc/ssl/rds/global-bundle.pem`, against
   * which the database's certificate and name are checked.
   *
   * @default - the connection is encrypted, but the database's certificate is not checked
   */
  readonly sslRootCert?: string;
}

/** Names of the variables of `DjangoContract.urls`. */
export interface UrlContractOptions extends ExistingContractOptions {
  /**
   * `postgres://…`, a secret.
   *
   * @default 'DATABASE_URL'
   */
  readonly databaseUrl?: string;

  /**
   * `rediss://…/0`, the cache, a secret.
   *
   * @default 'REDIS_URL'
   */
  readonly redisUrl?: string;

  /**
   * `rediss://…/1`, Celery's broker, a secret.
   *
   * @default 'CELERY_BROKER_URL'
   */
  readonly celeryBrokerUrl?: string;

  /**
   * Django's `SECRET_KEY`, a secret.
   *
   * @default 'SECRET_KEY'
   */
  readonly secretKey?: string;

  /**
   * Host names, with commas between them.
   *
   * @default 'ALLOWED_HOSTS'
   */
  readonly allowedHosts?: string;

  /**
   * Bucket for uploads.
   *
   * @default 'AWS_STORAGE_BUCKET_NAME'
   */
  readonly mediaBucket?: string;
}

/** The environment variables by which Django learns of its site: under which names, and in which form. */
export class DjangoContract {
  /**
   * The variables of this package's README. Secrets arrive whole, so that Django can read one anew when its password has
   * changed.
   */
  public static standard(): DjangoContract {
    return new DjangoContract(standardContract());
  }

  /**
   * URLs, as dj-database-url and django-environ read them. The URLs are secrets that are put together at deployment, so a
   * password of the database that changes afterwards is not in them.
   *
   * @param options names that differ from the defaults
   */
  public static urls(options: UrlContractOptions = {}): DjangoContract {
    return new DjangoContract(urlContract(options));
  }

  /**
   * What the production settings of a cookiecutter-django project read: `POSTGRES_…`, `REDIS_URL`, and names that begin
   * with `DJANGO_`.
   *
   * @param options what differs from the defaults
   */
  public static cookiecutterDjango(options: ExistingContractOptions = {}): DjangoContract {
    return new DjangoContract(cookiecutterContract(options));
  }

  private constructor(
    /** @internal */
    public readonly _plan: ContractPlan,
  ) {}
}
