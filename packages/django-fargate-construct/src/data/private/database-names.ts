import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { fail } from '../../shared/validate';

/**
 * Words that PostgreSQL takes as a name only in quotes.
 * Source: https://www.postgresql.org/docs/17/sql-keywords-appendix.html (reserved, also where a function or type may be one)
 */
const RESERVED = new Set(
  (
    'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation ' +
    'column concurrently constraint create cross current_catalog current_date current_role current_schema ' +
    'current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for ' +
    'foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral ' +
    'leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps ' +
    'placing primary references returning right select session_user similar some symmetric system_user table ' +
    'tablesample then to trailing true union unique user using variadic verbose when where window with'
  ).split(' '),
);

/**
 * Names that RDS, Aurora and PostgreSQL keep for themselves.
 * Sources: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html (`MasterUsername`, `DBName`),
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html,
 * https://www.postgresql.org/docs/17/sql-createrole.html
 */
const USERS = /^(admin|public|none|pg_.*|rds.*)$/;
const DATABASES = /^(db|template[01]|rdsadmin)$/;

/** Fails synthesis unless a user of the database may have this name. */
export function requireUserName(scope: IConstruct, prop: string, name: string): void {
  requireName(scope, prop, name, USERS);
}

/** Fails synthesis unless a database may have this name. */
export function requireDatabaseName(scope: IConstruct, prop: string, name: string): void {
  requireName(scope, prop, name, DATABASES);
}

/** Names are written without quotes, so that PostgreSQL reads capitals as small letters. */
function requireName(scope: IConstruct, prop: string, name: string, kept: RegExp): void {
  if (Token.isUnresolved(name)) return;
  if (!/^[A-Za-z]\w{0,62}$/.test(name)) {
    fail(scope, `'${prop}' must be a letter and up to 62 letters, digits and '_', got '${name}'`);
  }
  const small = name.toLowerCase();
  if (kept.test(small)) {
    fail(scope, `'${prop}' must not be a name that RDS or PostgreSQL keeps for itself, got '${name}'`);
  }
  if (RESERVED.has(small)) fail(scope, `'${prop}' must not be a reserved word of PostgreSQL, got '${name}'`);
}
