/** What a deployment did, in lines for people or as JSON: version, verification, changes, endpoints, cost of a run. */
import type { Compiled } from '#language/compiler/compile.ts'
import { typesOf } from '#language/compiler/plan.ts'
import { guessedRecords } from '#io/formats/kinds/format.ts'
import { estimateOf } from '#aws/cost/estimate.ts'
import { PRICES, type Processor } from '#aws/cost/prices.ts'
import { simulate } from '#aws/cost/simulate.ts'
import type { InputDeclaration } from '#language/inputs/fit.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { dollars } from '#cli/show/plan-text.ts'
import type { Verification } from './verify.ts'

/** The summary of one pipeline. */
export interface DeploymentSummary {
  readonly pipeline: string
  readonly stack: string
  readonly environment: string | null
  /** `verified`, `differs` from what was built, or `not verified` because AWS denied access to it. */
  readonly status: 'verified' | 'differs' | 'not verified'
  /** The version that runs start with; null where there are no versions. */
  readonly version: number | null
  /** The version that was live because of a rollback, until this deployment; null if there was no rollback. */
  readonly rolled_back_to: number | null
  /** SHA-256 of the machine, as printed by `siftstep compile --hash`. */
  readonly machine_sha256: string
  /** What was compared. */
  readonly checked: readonly string[]
  readonly differences: readonly string[]
  /** What this deployment changed; null for the first one. */
  readonly changed: readonly string[] | null
  /** ARN to start runs with, and the queue of messages that start runs. */
  readonly endpoints: { readonly start: string; readonly queue: string | null }
  /** Dollars for a run on this many bytes. */
  readonly cost_per_run: { readonly bytes: number; readonly dollars: number; readonly region: string; readonly prices_of: string } | null
}

/** The summary of a deployment, without the cost of a run. `before` are the outputs of before; undefined for a first deployment. */
export function summaryOf(
  { definition, hash }: Compiled,
  stack: string,
  environment: string | undefined,
  outputs: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string> | undefined,
  verification: Verification | Error,
): Omit<DeploymentSummary, 'cost_per_run'> {
  const known = verification instanceof Error ? NOTHING_KNOWN : verification
  return {
    pipeline: definition.id,
    stack,
    environment: environment ?? null,
    status: verification instanceof Error ? 'not verified' : known.differences.length === 0 ? 'verified' : 'differs',
    version: known.version,
    rolled_back_to: known.moved_from,
    machine_sha256: hash,
    checked: known.checked,
    differences: known.differences,
    changed: before === undefined ? null : PARTS.filter(([output]) => before.get(output) !== outputs.get(output)).map(([, title]) => title),
    endpoints: { start: outputs.get('StartArn') ?? '', queue: outputs.get('StartQueue') ?? null },
  }
}

const NOTHING_KNOWN: Verification = { checked: [], differences: [], version: null, moved_from: null }

/** Parts of a stack, by the outputs that describe them. */
const PARTS = [
  ['DefinitionHash', 'machine'],
  ['Code', 'code of functions'],
  ['Engine', 'engine'],
  ['Architecture', 'processor'],
  ['Sources', 'sources'],
  ['Outputs', 'outputs'],
  ['Keys', 'keys'],
] as const

/** Bytes of input that the cost of a run is given for: what a run really reads is known only to `siftstep plan`. */
export const TYPICAL_BYTES = 1_000_000_000

/** Values for inputs without a default. */
const SAMPLE: { readonly [Type in InputDeclaration['type']]: Json } = {
  string: 'x',
  integer: 1,
  number: 1,
  boolean: true,
  array: [],
  object: {},
}

/** Null if the machine cannot be simulated without values for its required inputs. */
export async function costPerRun(compiled: Compiled, processor: Processor, now: Date): Promise<DeploymentSummary['cost_per_run']> {
  const inputs: JsonObject = Object.fromEntries(
    Object.entries(compiled.definition.inputs).map(([name, { type, default: value }]) => [name, value ?? SAMPLE[type]]),
  )
  const sources = [{ bytes: TYPICAL_BYTES, records: guessedRecords(TYPICAL_BYTES) }]
  const simulation = await simulate(compiled.machine, typesOf(compiled.plan).keys(), inputs, async () => sources).catch(() => null)
  if (simulation === null) return null
  const { dollars: cost } = estimateOf(compiled, simulation, processor, now).run
  return { bytes: TYPICAL_BYTES, dollars: cost.total, region: PRICES.region, prices_of: PRICES.of }
}

/** The lines below the line of the pipeline. */
export function summaryLines(summary: DeploymentSummary): readonly string[] {
  const { status, version, rolled_back_to: moved, checked, changed, endpoints, cost_per_run: cost } = summary
  const line = (title: string, text: string) => `  ${title.padEnd(9)} ${text}`
  return [
    ...(version === null ? [] : [line('version', `${version}${moved === null ? '' : `, live again instead of ${moved}`}`)]),
    ...(status === 'verified' ? [line('verified', checked.join(', '))] : []),
    line('changed', changed === null ? 'everything: the first deployment' : changed.length === 0 ? 'nothing' : changed.join(', ')),
    line('endpoint', endpoints.start),
    ...(endpoints.queue === null ? [] : [line('queue', endpoints.queue)]),
    cost === null
      ? line('cost', 'depends on inputs: siftstep plan FILE estimates it')
      : line('cost', `${dollars(cost.dollars)} for a run on ${cost.bytes / 1e9} GB (${cost.region}, prices of ${cost.prices_of})`),
  ]
}
