/** Options of every contract that an existing project brings. */
export interface DjangoContractOptions {
  /**
   * File in the image with the certificate authorities of Amazon RDS, such as `/etc/ssl/rds/global-bundle.pem`, against
   * which the database's certificate and name are checked.
   *
   * @default - the connection is encrypted, but the database's certificate is not checked
   */
  readonly sslRootCert?: string;
}

/** Names of the variables of `DjangoContract.urls`. */
export interface UrlContractOptions extends DjangoContractOptions {
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
