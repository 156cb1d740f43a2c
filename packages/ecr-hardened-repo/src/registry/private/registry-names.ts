import { Token } from 'aws-cdk-lib/core';
import { fail } from '../../shared/validate';

/**
 * Name of the prefix that stands for every repository without a prefix of its own.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
 */
export const ROOT = 'ROOT';

/** Fails unless 'values' holds 'least' to 'most' of them. */
export function requireCount(path: string, prop: string, noun: string, values: unknown[], least: number, most: number) {
  if (values.length < least || values.length > most) {
    fail(path, `'${prop}' must hold ${least} to ${most} ${noun}, got ${values.length}`);
  }
}

/** Fails unless every filter is one that scanning and signing accept, with '*' for any characters. */
export function requireRepositoryFilters(path: string, prop: string, filters: string[]): void {
  requireCount(path, prop, 'filters', filters, 1, 100);
  for (const filter of filters) {
    if (!Token.isUnresolved(filter) && !(/^[a-z0-9*]+([._/-][a-z0-9*]+)*$/.test(filter) && filter.length <= 255)) {
      fail(
        path,
        `'${prop}' must hold filters of lowercase letters, digits and '*', with single '.', '_', '-' or '/' ` +
          `between them, got '${filter}'`,
      );
    }
  }
}

/** Fails unless every prefix is the beginning of a repository's name. */
export function requireNamePrefixes(path: string, prop: string, prefixes: string[]): void {
  requireCount(path, prop, 'prefixes', prefixes, 1, 100);
  for (const prefix of prefixes) {
    const fits = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*\/?$/.test(prefix) && /^.{2,256}$/.test(prefix);
    if (!Token.isUnresolved(prefix) && !fits) {
      fail(
        path,
        `'${prop}' must hold prefixes of 2 to 256 lowercase letters, digits, '.', '_', '-' and '/', ` +
          `got '${prefix}'`,
      );
    }
  }
}

/** Fails unless 'prefix' is 'ROOT' or a namespace, without the '/' that ECR puts behind it. */
export function requireNamespace(path: string, prop: string, prefix: string, least: number, most: number): void {
  const name = '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*';
  const fits = new RegExp(`^(${name}(/${name})*|${ROOT})$`).test(prefix);
  if (!Token.isUnresolved(prefix) && !(fits && prefix.length >= least && prefix.length <= most)) {
    fail(
      path,
      `'${prop}' must be ROOT or a namespace of ${least} to ${most} lowercase letters and digits, with '.', '_', '-' ` +
        `or '/' between them, got '${prefix}'`,
    );
  }
}

/** Fails unless 'id' is an AWS account's. */
export function requireAccountId(path: string, prop: string, id: string): void {
  if (!Token.isUnresolved(id) && !/^\d{12}$/.test(id)) {
    fail(path, `'${prop}' must be an account id of 12 digits, got '${id}'`);
  }
}

/** Fails unless 'region' looks like the name of a region. */
export function requireRegionName(path: string, prop: string, region: string): void {
  if (!Token.isUnresolved(region) && !/^[a-z]+(-[a-z]+)+-\d$/.test(region)) {
    fail(path, `'${prop}' must be a region such as eu-west-1, got '${region}'`);
  }
}

/** Repositories of a namespace, for the resource part of their ARN. */
export function repositoriesOf(namespace: string): string {
  return namespace === ROOT ? '*' : `${namespace}/*`;
}
