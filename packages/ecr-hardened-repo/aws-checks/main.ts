import { Interrupted } from './problems';
import { run } from './run';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!stop.signal.aborted) console.error(`${signal}: deleting what was made, please wait`);
    stop.abort(new Interrupted(`stopped by ${signal}`));
  });
}

run(process.argv.slice(2), {
  env: process.env,
  print: (text) => console.log(text),
  complain: (text) => console.error(text),
  stop: stop.signal,
}).then((code) => {
  process.exitCode = code;
});
