/** gate: go on only if a condition holds. */
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

export const gate = defineStep({
  kind: 'gate',
  shape: 'control',
  summary: 'Continue only if a condition is true.',
  description: `When the condition is false, no step that comes later in the run starts. With \`else: skip_rest\` the run ends there, with a warning; what was
published before stays. With \`else: fail\` the run fails with Quality.GateFailed. Steps that run in parallel with the gate are not affected.
A step \`condition\` skips one step; a gate skips all that follow. The quality of rows before they are published is checked by a \`validate\` step.`,
  config,
  conditions: ['pass_when'],
  gates: true,
  result: { passed: 'Whether the condition was true.' },
  examples: [
    {
      title: 'Skip the rest of the run when the data is not good enough',
      yaml: 'id: quality_gate\ntype: gate\nwith: {pass_when: "{{ check.result.quality_score }} > 0.8"}\n',
      before: ['{id: check, type: verify}'],
    },
    {
      title: 'Fail the run on an empty delivery',
      yaml: 'id: not_empty\ntype: gate\nwith: {pass_when: "{{ find.result.count }} > 0", else: fail, message: "nothing was delivered"}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).gateBehaviour,
})
