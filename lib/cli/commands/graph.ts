/** graph: draws the steps of a pipeline. */
import { CONFIG_FLAGS, type Command, JSON_FLAG, ONE_PIPELINE, STORE_FLAG } from '#cli/arguments/command.ts'

export const graph: Command = {
  name: 'graph',
  summary: 'Draw the steps of a definition or of a run and what each waits for, as Mermaid or SVG.',
  description: `Mermaid is text that GitHub, GitLab and many editors show as a picture. The steps of a run are coloured by their state, and in the SVG each step has its message and
leads to its line in the report of the run.`,
  positionals: [{ name: 'FILE|RUN', help: 'A definition (.yaml); or the id of a run, the start of its id, or last.', required: true }],
  flags: [
    { name: 'format', value: 'FORMAT', help: 'Format: mermaid, svg or json (default: mermaid).', choices: ['mermaid', 'svg', 'json'] },
    { ...JSON_FLAG, help: 'Print the steps and their dependencies as JSON.' },
    ONE_PIPELINE,
    ...CONFIG_FLAGS,
    STORE_FLAG,
  ],
  examples: [
    { line: 'siftstep graph pipeline.yaml', what: 'Print a Mermaid flowchart.' },
    { line: 'siftstep graph last --format svg > run.svg', what: 'Draw the newest run.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/graph.ts')).showGraph(args, terminal),
}
