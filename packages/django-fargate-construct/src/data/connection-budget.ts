import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { fail } from '../shared/validate';

/** A rolling deployment starts all new tasks before an old one stops. */
const TASKS_DURING_DEPLOYMENT = 2;

/** Part of the connections that may be planned; the rest is for RDS itself, people and one-off tasks. */
const PLANNED_SHARE = 0.8;

/** Adds up the database connections that the processes of a site may hold, and fails synthesis when they are too many. */
export class ConnectionBudget {
  private readonly claims: { readonly text: string; readonly connections: number }[] = [];

  constructor(
    private readonly site: IConstruct,
    private readonly maxConnections: number | undefined,
  ) {}

  /**
   * Counts a service: each of its tasks holds as many connections as the product of `perTask`, one for everything that it
   * works on at a time. Tokens are not counted: their value is unknown until deployment.
   */
  public addService(name: string, maxTasks: number, ...perTask: number[]): void {
    if ([maxTasks, ...perTask].some((factor) => Token.isUnresolved(factor))) return;
    const each = perTask.reduce((product, factor) => product * factor, 1);
    const text = `${name} ${TASKS_DURING_DEPLOYMENT} × ${maxTasks} × ${each}`;
    this.claim(text, TASKS_DURING_DEPLOYMENT * maxTasks * each);
  }

  /** Counts a task that runs alone. */
  public addTask(name: string): void {
    this.claim(`${name} 1`, 1);
  }

  private claim(text: string, connections: number): void {
    this.claims.push({ text, connections });
    if (this.maxConnections === undefined || Token.isUnresolved(this.maxConnections)) return;
    const sum = this.claims.reduce((total, claim) => total + claim.connections, 0);
    if (sum <= PLANNED_SHARE * this.maxConnections) return;
    const needed = Math.ceil(sum / PLANNED_SHARE);
    fail(
      this.site,
      `'database' must allow at least ${needed} connections, got about ${this.maxConnections}: during a deployment the ` +
        `site may hold ${this.claims.map((claim) => claim.text).join(' + ')} = ${sum}, and a fifth must stay free. Choose ` +
        'a larger database, or fewer tasks, workers, threads or concurrent Celery tasks',
    );
  }
}
