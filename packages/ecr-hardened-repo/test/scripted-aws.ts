import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an operation answers: a body, an error, or a body that depends on the request. */
// biome-ignore lint/suspicious/noExplicitAny: bodies of requests have no type
export type Answer = Record<string, unknown> | Failure | ((body: any) => Record<string, unknown> | Failure);

/** An error of an AWS API. */
export class Failure {
  constructor(
    public readonly name: string,
    public readonly message = 'no message',
    public readonly status = 400,
  ) {}
}

/** A loopback server that stands for the APIs of AWS and for CloudFormation's response URL. */
export class ScriptedAws {
  // biome-ignore lint/suspicious/noExplicitAny: bodies of requests have no type
  public calls: { operation: string; body: any }[] = [];
  /** What came to the response URL. */
  public responses: Record<string, unknown>[] = [];
  /** Answers by operation; the last one of a list is repeated. */
  public answers: Record<string, Answer | Answer[]> = {};
  /** HTTP status of the response URL. */
  public responseStatus = 200;

  // a request that is broken off half-way is none
  private readonly server: Server = createServer((request, reply) => {
    this.reply(request, reply).catch(() => reply.destroy());
  });

  public async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** Forgets what happened, and answers anew. */
  public script(answers: Record<string, Answer | Answer[]>): void {
    Object.assign(this, { calls: [], responses: [], responseStatus: 200, answers: { ...answers } });
  }

  /** What came to the response URL last. */
  public get response(): Record<string, unknown> | undefined {
    return this.responses.at(-1);
  }

  /** Names of the operations that were called, in order. */
  public operations(): string[] {
    return this.calls.map(({ operation }) => operation);
  }

  /** Bodies of the requests for an operation. */
  // biome-ignore lint/suspicious/noExplicitAny: bodies of requests have no type
  public of(operation: string): any[] {
    return this.calls.filter((call) => call.operation === operation).map(({ body }) => body);
  }

  private async reply(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const text = Buffer.concat(await request.toArray()).toString();
    if (request.method === 'PUT') {
      this.responses.push(JSON.parse(text));
      reply.statusCode = this.responseStatus;
      reply.end();
      return;
    }
    const target = request.headers['x-amz-target'];
    const operation = target ? String(target).split('.')[1] : String(new URLSearchParams(text).get('Action'));
    const body = target ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
    this.calls.push({ operation, body });
    const answer = this.next(operation, body);
    if (answer instanceof Failure) {
      reply.statusCode = answer.status;
      reply.setHeader('x-amzn-errortype', answer.name);
    }
    reply.setHeader('content-type', target ? 'application/x-amz-json-1.1' : 'text/xml');
    reply.end(target ? JSON.stringify(answer) : xml(operation, answer));
  }

  private next(operation: string, body: unknown): Record<string, unknown> | Failure {
    const [answer, ...rest] = [this.answers[operation] ?? new Failure('UnexpectedCall', operation)].flat();
    if (rest.length > 0) this.answers[operation] = rest;
    return typeof answer === 'function' ? answer(body) : answer;
  }
}

/** CloudFormation speaks XML; only `DescribeStacks` is asked. */
function xml(operation: string, answer: Record<string, unknown> | Failure): string {
  if (answer instanceof Failure) {
    return `<ErrorResponse><Error><Code>${answer.name}</Code><Message>${answer.message}</Message></Error></ErrorResponse>`;
  }
  const fields = Object.entries(answer).map(([key, value]) => `<${key}>${value}</${key}>`);
  return `<${operation}Response><${operation}Result><Stacks><member>${fields.join('')}</member></Stacks></${operation}Result></${operation}Response>`;
}
