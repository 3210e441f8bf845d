/** The settings of the discover steps of a definition, resolved as a run resolves them. */
import type { JsonObject } from '#core/json.ts'
import { typesOf } from '#language/compiler/plan.ts'
import { simulate } from '#aws/cost/simulate.ts'
import type { ListSettings } from '#run/tasks/scan-request.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { compiledWithInputs } from '#cli/arguments/compiled-with-inputs.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

/** A scan, and the step it belongs to if a definition was given. */
export interface ScanToExplain {
  readonly step: string | null
  readonly settings: JsonObject
}

/** Null if the definition or its inputs are wrong; the problems are then printed. */
export async function scansOf(file: string, args: Args, terminal: Terminal): Promise<readonly ScanToExplain[] | null> {
  const read = await compiledWithInputs(file, args, terminal)
  if (read === null) return null
  const { compiled, inputs } = read
  const scans: ScanToExplain[] = []
  // the machine itself resolves the settings; the data it would read is of no importance
  await simulate(compiled.machine, typesOf(compiled.plan).keys(), inputs, async (step, scan) => {
    const { type, with: settings } = scan as unknown as ListSettings
    if (type === DISCOVER && !scans.some((one) => one.step === step)) scans.push({ step, settings: explainable(step, settings) })
    return [{ bytes: 1, records: 1 }]
  })
  if (scans.length === 0) throw new UsageError(`${file} has no discover step`, 'name a data file instead', 'explain')
  return scans
}

const DISCOVER = 'discover'

/** A secret is resolved only inside a run. */
function explainable(step: string, settings: JsonObject): JsonObject {
  if (!JSON.stringify(settings).includes('"$secret"')) return settings
  throw new UsageError(
    `${step}: its source needs a secret, which only a run of the pipeline gets`,
    'run the pipeline; its report opens with what was decided',
    'explain',
  )
}
