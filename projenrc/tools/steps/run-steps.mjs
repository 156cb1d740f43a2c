import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** @typedef {import('./step-list.mjs').Step} Step */
/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

const PATIENCE_S = 90;

/**
 * Runs steps, at most `limit` beside each other, each as soon as those that it needs have passed. A step that fails stops no
 * other one, unless that needs it. The output of a step is a file in `logs` until it ends, and then printed in one piece; that
 * of a step which runs alone to the end is printed as it comes.
 */
export class StepRun {
  /**
   * @param {{ steps: Step[], limit: number, logs: string, folder: string, env: NodeJS.ProcessEnv }} options
   */
  constructor({ steps, limit, logs, folder, env }) {
    this.waiting = [...steps];
    this.limit = limit;
    this.logs = logs;
    this.folder = folder;
    this.env = env;
    /** @type {Map<string, ChildProcess>} */
    this.running = new Map();
    /** Outcome by name of a step: passed, failed, interrupted, or why it was not run. @type {Map<string, string>} */
    this.outcomes = new Map();
    this.interrupted = false;
  }

  /** Runs all steps; returns their outcomes in the order of their end. */
  async run() {
    mkdirSync(this.logs, { recursive: true });
    /** @type {Promise<void>} */
    const ended = new Promise((resolve) => {
      this.ended = resolve;
    });
    this.startWhatCan();
    await ended;
    return this.outcomes;
  }

  /** Starts nothing more and interrupts what runs, so that it can clean up; asked again, or after a while, it kills. */
  interrupt() {
    const signal = this.interrupted ? 'SIGKILL' : 'SIGINT';
    if (!this.interrupted) setTimeout(() => this.interrupt(), PATIENCE_S * 1000).unref();
    this.interrupted = true;
    for (const child of this.running.values()) endGroup(child, signal);
    this.startWhatCan();
  }

  startWhatCan() {
    for (const step of [...this.waiting]) {
      const reason = this.whyNot(step);
      if (reason) this.outcomes.set(step.name, reason);
      if (reason || (this.isReady(step) && this.running.size < this.limit)) {
        this.waiting.splice(this.waiting.indexOf(step), 1);
        if (!reason) this.start(step);
      }
    }
    if (this.running.size === 0) this.ended?.();
  }

  /** @param {Step} step */
  whyNot({ needs = [] }) {
    if (this.interrupted) return 'not run';
    const missing = needs.find((need) => this.outcomes.has(need) && this.outcomes.get(need) !== 'passed');
    return missing && `not run, because it needs ${missing}`;
  }

  /** @param {Step} step */
  isReady({ needs = [] }) {
    return needs.every((need) => this.outcomes.get(need) === 'passed');
  }

  /** @param {Step} step */
  start(step) {
    const alone = this.running.size === 0 && this.waiting.length === 0;
    const log = join(this.logs, `${step.name}.log`);
    console.log(
      `\n== ${step.name} (${step.title}): ${alone ? 'started' : `started, see ${relative(this.folder, log)}`}`,
    );
    const [command, ...args] = step.command;
    // one file for both, so that errors stand where they came
    const output = alone ? 'inherit' : openSync(log, 'w');
    const child = spawn(command, args, {
      cwd: this.folder,
      env: this.env,
      stdio: ['ignore', output, output],
      detached: true,
    });
    if (output !== 'inherit') closeSync(output);
    this.running.set(step.name, child);
    const start = Date.now();
    /** @param {string} outcome */
    const end = (outcome) => {
      if (!alone) process.stdout.write(`\n== ${step.name} (${step.title})\n${readFileSync(log, 'utf8')}`);
      console.log(`== ${step.name}: ${outcome} after ${Math.round((Date.now() - start) / 1000)} s`);
      this.running.delete(step.name);
      this.outcomes.set(step.name, outcome);
      if (outcome === 'passed') this.env = { ...this.env, ...step.gives };
      this.startWhatCan();
    };
    child.once('error', (error) => {
      console.log(error.message);
      end('failed');
    });
    child.once('exit', (code) => end(code === 0 ? 'passed' : this.interrupted ? 'interrupted' : 'failed'));
  }
}

/**
 * @param {ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function endGroup(child, signal) {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // it ended a moment ago
  }
}
