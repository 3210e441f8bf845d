/** approval: wait for the decision of a person. */
import { defineStep } from '#steps/kind/step.ts'
import { intervalProblems, secondsOf } from '#steps/kind/looks.ts'
import { config } from './config.ts'

export const approval = defineStep({
  kind: 'approval',
  shape: 'control',
  summary: 'Wait until a person approves or rejects the run.',
  description: `The run waits until somebody decides with \`siftstep approve RUN\` or \`siftstep approve RUN --reject\`, on this machine or with \`--on aws\`. While it waits,
no task runs. The decision is an object in the store of the run, \`approvals/<step>.json\`: on AWS, whoever may write to the bucket of the outputs can
decide. Who decided, when and why is in the result and in the report. A run that was rejected fails; approve it and resume it to go on.
The steps behind it run only if it is approved. With \`on_reject: skip\` a condition decides what runs: \`condition: "{{ check.result.approved }} == true"\`.
A notify step before it says that a decision is wanted. A definition's \`timeout\` includes the time of waiting.`,
  config,
  underTest: () => ({ refused: 'it waits for the decision of a person' }),
  check: ({ timeout, poke_interval }) => (poke_interval === undefined ? [] : intervalProblems('a step', timeout, poke_interval)),
  result: {
    approved: 'Whether it is approved.',
    decision: 'What was decided: `approved`, `rejected` or `timeout`.',
    by: 'Who decided; null without a decision.',
    reason: 'Why; null if no reason was given.',
    decided_at: 'When, ISO 8601; null without a decision.',
    waited_seconds: 'Seconds from the first look to the last.',
  },
  examples: [
    {
      title: 'Nothing is published before somebody has looked at it',
      yaml: 'id: check\ntype: approval\nwith: {message: "Publish the orders of {{ ds }}?", timeout: 8h}\n',
    },
    {
      title: 'Go on without a decision',
      yaml: 'id: check\ntype: approval\nwith: {timeout: 30m, poke_interval: 10s, on_reject: skip, on_timeout: skip}\n',
    },
  ],
  again: true,
  decided: true,
  waits: ({ timeout }) => secondsOf(timeout) || 0,
  load: async () => (await import('./behaviour.ts')).approvalBehaviour,
})
