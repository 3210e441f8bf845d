/** explain: shows how data files are read, and why. */
import { CONFIG_FLAGS, type Command, JSON_FLAG, STORE_FLAG, ONE_PIPELINE } from '#cli/arguments/command.ts'

export const explain: Command = {
  name: 'explain',
  summary: 'Show how each column of data files is read, from what evidence, and which setting overrides it.',
  description:
    'Reads the files as a run does, and prints each decision about files and columns: format, encoding, delimiter, header, type, decimal mark, date order, null values, meaning. Under each are the cells that speak for it and against it, with their lines, and the setting of the discover step that decides otherwise. Of a definition, the sources of its discover steps are explained with their settings.',
  positionals: [
    { name: 'FILE', help: 'A file, folder, pattern or table address; or a definition (.yaml).', required: true },
    { name: 'COLUMN', help: 'Only this column.', required: false },
  ],
  flags: [
    { name: 'input', value: 'K=V', many: true, help: 'Of a definition: an input value.' },
    { name: 'input-file', value: 'FILE', help: 'Of a definition: inputs from a JSON file; --input takes precedence.' },
    ONE_PIPELINE,
    ...CONFIG_FLAGS,
    { name: 'workers', value: 'N', help: 'Number of worker processes (default: the number of cores).' },
    STORE_FLAG,
    { ...JSON_FLAG, help: 'Print only the explanation, as JSON.' },
  ],
  examples: [
    { line: 'siftstep explain customers.csv', what: 'Explain one file.' },
    { line: 'siftstep explain "data/sales/*.csv" price', what: 'Explain one column of many files.' },
    { line: 'siftstep explain pipeline.yaml --json', what: 'Explain the sources of a pipeline; write JSON.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/explain.ts')).explainFiles(args, terminal),
}
