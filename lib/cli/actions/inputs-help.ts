/** The inputs of a definition, for `siftstep run FILE --help`. */
import { readHere } from '#language/compiler/compile-here.ts'
import type { InputDeclaration } from '#language/definition/definition.ts'
import { escapeControls } from '#core/text/escape-controls.ts'
import { count } from '#core/text/numbers.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { onePipeline } from '#cli/arguments/pipelines.ts'
import { readOptions, readOverlay } from '#cli/arguments/read-definition.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

export async function inputsHelp(args: Args, terminal: Terminal): Promise<string> {
  const [file] = args.positionals
  if (file === undefined) return ''
  const read = readHere(await onePipeline(file, args, terminal), await readOptions(file, await readOverlay(args, terminal), terminal))
  if (!read.ok)
    return `\nCannot list the inputs of ${file}: it has ${count(read.problems.length, 'problem')} (see siftstep validate ${file})\n`
  const { inputs, name, description } = read.definition
  const title = `${escapeControls(name)}${description === '' ? '' : `: ${escapeControls(description)}`}`
  const lines = Object.entries(inputs).map(
    ([input, declared]) => `  ${input.padEnd(widest(Object.keys(inputs)))}  ${describeInput(declared)}`,
  )
  return `\n${title}\n\nInputs of ${file}:\n${lines.length === 0 ? '  none' : lines.join('\n')}\n`
}

const widest = (names: readonly string[]) => Math.max(...names.map(({ length }) => length))

/** `integer, at least 1, default 10000: Records to process per chunk`. */
function describeInput({ type, required, default: preset, enum: choices, minimum, maximum, description }: InputDeclaration): string {
  const shown = (value: unknown) => (typeof value === 'string' ? escapeControls(value) : JSON.stringify(value))
  const text = [
    type,
    required ? 'required' : `default ${preset === undefined ? 'null' : shown(preset) === '' ? 'empty' : shown(preset)}`,
    ...(choices === undefined ? [] : [`one of ${choices.map(shown).join(', ')}`]),
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
  ]
  return `${text.join(', ')}${description === '' ? '' : `: ${escapeControls(description)}`}`
}
