/** siftstep plan */
import { typesOf } from '#language/compiler/plan.ts'
import { estimateOf } from '#aws/cost/estimate.ts'
import { PRICES, type Processor } from '#aws/cost/prices.ts'
import { simulate } from '#aws/cost/simulate.ts'
import type { SourceSize } from '#aws/cost/sized-dataset.ts'
import { sizesOf } from '#aws/cost/source-size.ts'
import { guessedRecords } from '#io/formats/kinds/format.ts'
import type { FindSources } from '#aws/cost/simulated-tasks.ts'
import { EXIT } from '#run/local/events.ts'
import { TaskError } from '#core/errors/errors.ts'
import { type ListSettings, scanRequest } from '#run/tasks/scan-request.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { planText } from '#cli/show/plan-text.ts'
import { quantity, sizeInBytes } from '#cli/arguments/quantities.ts'
import { compiledWithInputs } from '#cli/arguments/compiled-with-inputs.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

export async function planFile(args: Args, terminal: Terminal): Promise<number> {
  const [file = ''] = args.positionals
  const on = args.value('on') ?? 'aws'
  if (on !== 'aws') throw new UsageError(`unknown platform --on ${on}`, 'use --on aws; local runs cost nothing', 'plan')
  const processor = processorOf(args)
  const sizes = givenSizes(args)
  const read = await compiledWithInputs(file, args, terminal)
  if (read === null) return EXIT.definition
  const { compiled, inputs } = read
  const notes: string[] = compiled.warnings.flatMap(({ code, what }) => (code === 'not-written-yet' ? [`${what}; runs skip it`] : []))
  const simulation = await simulate(compiled.machine, typesOf(compiled.plan).keys(), inputs, sizes ?? lookedAt(notes, terminal.cwd()))
  const estimate = estimateOf(compiled, simulation, processor, terminal.now())
  if (args.has('json')) terminal.out(`${JSON.stringify({ ...estimate, notes }, null, 2)}\n`)
  else terminal.out(planText(compiled.definition, estimate, notes))
  return EXIT.ok
}

function processorOf(args: Args): Processor {
  const known = Object.keys(PRICES.gigabyteSecond) as Processor[]
  const given = args.value('arch') ?? 'arm64'
  const found = known.find((name) => name === given)
  if (found === undefined) throw new UsageError(`--arch ${given}: not a processor of Lambda`, `use ${known.join(' or ')}`, 'plan')
  return found
}

/** Sources from the sizes given on the command line; undefined when none are given and the sources must be read. */
function givenSizes(args: Args): FindSources | undefined {
  const [bytes, rows, files] = ['bytes', 'rows', 'files'].map((flag) => args.value(flag))
  if (bytes === undefined) {
    if (rows !== undefined || files !== undefined)
      throw new UsageError(
        `--${rows === undefined ? 'files' : 'rows'} needs --bytes`,
        'give the size of the sources, such as --bytes 3.2GB',
        'plan',
      )
    return undefined
  }
  const total = sizeInBytes(bytes, '--bytes')
  const records = rows === undefined ? guessedRecords(total) : quantity(rows, '--rows')
  const count = Math.max(1, files === undefined ? 1 : quantity(files, '--files'))
  const share = (amount: number, at: number) => Math.floor((amount * (at + 1)) / count) - Math.floor((amount * at) / count)
  const sources = Array.from({ length: count }, (_, at): SourceSize => ({ bytes: share(total, at), records: share(records, at) }))
  return async () => sources
}

/** The sizes of the actual sources. */
function lookedAt(notes: string[], folder: string): FindSources {
  return async (step, settings) => {
    const { patterns, options } = await scanRequest(settings as unknown as ListSettings)
    const found = await sizesOf(patterns, folder, options).catch((error: unknown) => {
      if (!(error instanceof TaskError)) throw error
      const or = 'or give the size of the sources: --bytes 3.2GB --rows 3.6M --files 12'
      throw new UsageError(`${step}: ${error.message}`, error.hint === undefined ? or : `${error.hint}; ${or}`)
    })
    const guessed = found.filter(({ by }) => by === 'guess')
    if (guessed.length > 0)
      notes.push(`${step}: row counts and times of compressed files are estimates; give --bytes and --rows of the uncompressed data`)
    return found
  }
}
