/** todo: a step that nobody has written yet. */
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

export const todo = defineStep({
  kind: 'todo',
  shape: 'control',
  summary: 'Hold the place of a step that is not written yet.',
  description: `Does nothing: the run skips it with a warning, and the steps that depend on it go on. Validate, plan and the run name it each time, so it is not forgotten.
It is written beside the name, without \`type\` and \`with\`: \`{name: Enrich the rows, todo: true}\`. Rows pass it unchanged. Without \`todo\`, a step with
only a name is an error.`,
  config,
  unwritten: true,
  result: { written: 'Always false.' },
  examples: [{ title: 'A step to be written later', yaml: 'id: enrich\ntype: todo\n' }],
  load: async () => (await import('./behaviour.ts')).todoBehaviour,
})
