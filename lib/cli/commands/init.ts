/** init: writes a first definition. */
import { TEMPLATES } from '#cli/templates/index.ts'
import type { Command } from '#cli/arguments/command.ts'

export const init: Command = {
  name: 'init',
  summary: 'Write a first definition, a template with data, or a workflow that deploys pipelines.',
  description: `Writes the definition, the files of the template, and a line in .gitignore for the store. Never overwrites an existing file. Templates:
${TEMPLATES.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`).join('\n')}`,
  positionals: [{ name: 'DIR', help: 'Target folder (default: this folder); created if missing.', required: false }],
  flags: [
    { name: 'name', value: 'NAME', help: 'Name of the pipeline (default: the name of the folder).' },
    {
      name: 'template',
      value: 'TEMPLATE',
      choices: TEMPLATES.map(({ name }) => name),
      help: `Template: ${TEMPLATES.map(({ name }) => name).join(', ')} (default: ${TEMPLATES[0].name}).`,
    },
    {
      name: 'ci',
      value: 'SERVICE',
      choices: ['github'],
      help: 'Service: github. Writes only .github/workflows/pipelines.yml, which checks, tests and deploys pipelines/*.yaml.',
    },
  ],
  examples: [
    { line: 'siftstep init', what: 'Write into this folder.' },
    { line: 'siftstep init sales --name "Daily sales"', what: 'Write into a new folder.' },
    { line: 'siftstep init shop --template etl', what: 'Write a pipeline that loads a table, with data to try it on.' },
    { line: 'siftstep init --ci github', what: 'Write a workflow for GitHub Actions.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/init.ts')).initFolder(args, terminal),
}
