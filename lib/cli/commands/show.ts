/** show: what happened in a run. */
import { type Command, JSON_FLAG, STORE_FLAG } from '../command.ts'

export const show: Command = {
  name: 'show',
  summary: 'Tell what happened in a run: steps, rows, quality, quarantine, and what to do next when it failed.',
  positionals: [{ name: 'RUN', help: 'Its id, the beginning of it, or last.', required: true }],
  flags: [STORE_FLAG, JSON_FLAG],
  examples: [
    { line: 'siftstep show last', what: 'The newest run.' },
    { line: 'siftstep show r-20261121-08', what: 'By the beginning of its id.' },
  ],
  run: async (args, terminal) => (await import('../actions/show.ts')).showRun(args, terminal),
}
