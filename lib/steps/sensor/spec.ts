/** sensor: wait for files or objects to arrive. */
import type { JsonObject } from '#core/json.ts'
import { pathsOf } from '#steps/kind/addresses.ts'
import { defineStep } from '#steps/kind/step.ts'
import { intervalProblems, secondsOf } from '#steps/kind/looks.ts'
import { config, waitOf } from './config.ts'

export const sensor = defineStep({
  kind: 'sensor',
  shape: 'control',
  summary: 'Wait until files or objects have arrived.',
  description: `Looks for files at an interval until at least \`min_count\` of them are there and have not changed for the time of \`settle\`. Between two looks the
machine waits and no task runs: on AWS, waiting costs no Lambda time, only three state transitions for each look. The wait survives a stop: a run
that is resumed goes on with the next look, and the timeout still counts from the first one.
On AWS the pipeline may list and read what the prefix written in \`for\` names; what it gets from an input of a run by hand must be granted.
What the pipeline itself published is not counted. A folder, bucket or file that may not be read fails the step at once; one that does not exist yet
is waited for. With \`on_empty: skip\` a condition skips the steps that need the files: \`condition: "{{ wait.result.found }} == true"\` on the discover
step also skips all steps that work on its rows.
The step's own \`timeout\`, beside \`with\`, limits a single look. A definition's \`timeout\` includes the time of waiting.`,
  config,
  // the file of a test is there, it is one, and nobody writes to it
  underTest: (settings) => ({ settings: { ...settings, min_count: 1, settle: '0s', timeout: '0s', poke_interval: '1s' } as JsonObject }),
  addresses: ({ for: pattern, files }) => [...pathsOf(pattern, ['for'], 'read'), ...pathsOf(files, ['files'], 'read')],
  check: (settings) => {
    const { poke_interval, for: given, files } = settings
    const { timeout } = waitOf(settings)
    if (given === undefined && files === undefined)
      return [{ path: [], what: 'a sensor needs to know what to wait for', hint: 'add `files` with a pattern' }]
    if (given !== undefined && files !== undefined)
      return [{ path: ['for'], what: '`for` and `files` mean the same', hint: 'keep one of them' }]
    return intervalProblems('a sensor', timeout, poke_interval)
  },
  result: {
    found: 'Whether the files arrived in time.',
    count: 'How many files were there at the last look.',
    files: 'The files, each with `uri`, `name` and `bytes`; null if there are too many to pass on.',
    bytes: 'Their size in bytes.',
    waited_seconds: 'Seconds from the first look to the last.',
  },
  examples: [
    {
      title: 'Wait up to two hours for at least three files',
      yaml: 'id: wait\ntype: sensor\nwith: {for: "s3://incoming/orders/*.csv", min_count: 3, timeout: 2h, poke_interval: 1m}\n',
    },
    {
      title: 'Go on without the file when it does not come',
      yaml: 'id: wait\ntype: sensor\nwith: {files: incoming/orders.csv, settle: 10s, timeout: 15m, on_empty: skip}\n',
    },
  ],
  again: true,
  waits: (settings) => secondsOf(waitOf(settings).timeout) || 0,
  load: async () => (await import('./behaviour.ts')).sensorBehaviour,
})
