/** lambda: call a function of one's own. */
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

export const lambda = defineStep({
  kind: 'lambda',
  shape: 'call',
  summary: 'Call a Lambda function.',
  description: `On AWS the state machine calls the function, which must exist in the account and region of the deployment; the deployment may call exactly the
functions that the definition names. On this machine a file stands for the function: \`functions\` of the definition, or \`--functions\`, names a
TypeScript or JavaScript file that exports \`handler\`, and each call runs in a process of its own with the same event.
The answer is the result of the step, whatever fields it has: \`{{ id.result }}\` is all of it, \`{{ id.result.rows }}\` one field. It is part of
the history of the run and has at most 256 KiB: pass larger data by its address.
\`retry\` is compiled as written: without \`max_delay\` no wait is shortened, and without \`jitter\` none is random. An error that the function throws has the
name of its class (\`Error\`, \`ValidationError\`); \`States.TaskFailed\` is every error but a timeout, which is \`States.Timeout\`. A function is called at
least once: one that succeeded can be called again when a run on AWS is started anew, so it should do the same thing twice.`,
  config,
  underTest: () => ({ refused: 'the function that it calls can change anything' }),
  call: ({ function_name, payload }) => ({ function_name, payload }),
  openResult: true,
  result: {},
  examples: [
    {
      title: 'A function with the retries of Step Functions',
      yaml: 'id: extract\ntype: lambda\nwith: {function_name: extract-fn}\nretry: {errors: [States.TaskFailed], interval: 30s, max_attempts: 3, backoff_rate: 2}\n',
    },
    {
      title: 'A version of a function, and an event of its own',
      yaml: 'id: notify_shop\ntype: lambda\nwith: {function_name: "notify-fn:live", payload: {day: "{{ ds }}", run: "{{ run.id }}"}}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).lambdaBehaviour,
})
