/** shell: run commands on this machine. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

export const shell = defineStep({
  kind: 'shell',
  shape: 'control',
  summary: 'Run shell commands on this machine.',
  description: `Runs the commands with bash in the folder that relative paths are relative to, normally the folder siftstep is called from. A command that fails
ends the script (\`bash -e -o pipefail\`) and fails the step with Command.Failed and the last line of its errors; its output is in the log of the step. The
script gets the environment of siftstep, \`env\`, and \`SIFTSTEP_RUN_ID\`, \`SIFTSTEP_PIPELINE\`, \`SIFTSTEP_DS\` and \`SIFTSTEP_TS\`. When the step is stopped or takes
longer than its \`timeout\`, the commands are killed.
Commands are not tried again by default: \`retry: {errors: [Command.Failed]}\` does. A run that is killed in the middle of a script runs it once more when it is
resumed, so commands should write their result anew rather than append to it.
A \`{{ … }}\` is refused in \`run\`, because what a run is given would become part of the commands: pass it with \`env\`. Rows that commands
write are not part of the account until a \`discover\` or \`process\` step reads them.
A step can be written as \`{name: Prepare, run: mkdir -p data}\`, without \`type\` and \`with\`. Pipelines with a shell step cannot be deployed to AWS.`,
  config,
  underTest: () => ({ refused: 'its commands can change anything on this machine' }),
  local: 'a shell step works in a folder of this machine, and functions on AWS share none',
  check: ({ run }) =>
    /\{\{|^\s*\{%/.test(run)
      ? [
          {
            path: ['run'],
            what: '`run` holds a `{{ … }}`, and what a run is given must not become part of commands',
            hint: 'write `env: {NAME: "{{ … }}"}` and read "$NAME"',
          },
        ]
      : [],
  result: { seconds: 'How long the commands took.', last_line: 'The last line that they printed; null if none.' },
  examples: [
    { title: 'Prepare folders', yaml: 'id: prepare\ntype: shell\nwith: {run: "mkdir -p data/raw data/processed"}\n' },
    {
      title: 'With the date of the run',
      yaml: 'id: fetch\ntype: shell\nwith:\n  run: |\n    cp "incoming/$DAY.csv" data/raw/\n  env: {DAY: "{{ ds }}"}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).shellBehaviour,
})
