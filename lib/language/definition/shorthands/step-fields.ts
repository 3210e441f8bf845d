/** What the steps that a shorthand stands for take over from it, besides its settings. */
import { kindOf } from '#steps/index.ts'
import { isMapping } from '../build-values.ts'
import { type Arranged, constant, kept, mapping, others, type Part, partOf, someOf } from '../dialects/parts.ts'
import type { Looped } from './loop.ts'
import type { GeneratedStep } from './shorthand.ts'

/** Keys that each of the steps has. */
const EACH: readonly string[] = ['retry', 'timeout', 'resources', 'fuse']
/** Keys of `on_error` that each of them has. */
const LIMITS: readonly string[] = ['rows', 'max_bad_rows', 'too_many_bad_rows', 'max_lost_values']
const ARRANGED: readonly string[] = ['id', 'type', 'with', 'depends_on', 'condition', 'on_error', ...EACH]

type Entries = readonly (readonly [key: string | Part, value: Arranged | undefined])[]

const shapeOf = ({ type }: GeneratedStep | { readonly type: '' }) => kindOf(type)?.shape

interface Chain {
  /** The number of the step with the author's id. */
  readonly main: number
  readonly loop: Looped | undefined
}

/** The entries of step number `at`, of which `main` has the author's id. */
export function stepFields(step: Part, generated: readonly GeneratedStep[], at: number, { main, loop }: Chain): Entries {
  const one = generated[at] ?? { type: '' as const }
  return [
    ...kept(step, EACH),
    ...(isConditional(generated, at) ? [['condition', conditionOf(step, loop)] as const] : []),
    ['on_error', onErrorOf(step, one, at === main, loop?.tolerant === true && shapeOf(one) === 'scan')],
    // unknown keys are reported by the step with the author's id
    ...(at === main ? others(step, loop === undefined ? ARRANGED : [...ARRANGED, 'loop']) : []),
  ]
}

/** The condition of the author, and that of the loop. */
function conditionOf(step: Part, loop: Looped | undefined): Part | undefined {
  const own = partOf(step, 'condition')
  if (loop?.condition === undefined) return own
  if (own === undefined) return constant(partOf(step, 'loop') ?? step, loop.condition)
  return typeof own.value === 'string' && !own.value.trim().startsWith('{%') ? constant(own, `(${own.value}) && ${loop.condition}`) : own
}

/** Steps that work on the rows of a scan are skipped with it. */
function isConditional(generated: readonly GeneratedStep[], at: number): boolean {
  const scans = generated[0] !== undefined && shapeOf(generated[0]) === 'scan'
  return at === 0 || !scans || generated[at]?.after === true
}

function onErrorOf(step: Part, one: GeneratedStep | { readonly type: '' }, isMain: boolean, tolerant: boolean): Arranged | undefined {
  const given = partOf(step, 'on_error')
  const continues = tolerant ? ([['continue_on_error', constant(partOf(step, 'loop') ?? step, true)]] as const) : []
  if (given === undefined) return tolerant ? mapping(step, continues) : undefined
  if (!isMapping(given.value)) return isMain ? given : undefined
  // a failure in between would let rows through as they were
  const mayContinue = ['scan', 'sink', 'control'].includes(shapeOf(one) ?? '')
  const own = [
    ...kept(given, LIMITS),
    ...(tolerant ? continues : mayContinue ? kept(given, ['continue_on_error']) : []),
    ...(isMain ? others(given, [...LIMITS, 'continue_on_error']) : []),
  ]
  return own.length === 0 ? (isMain && !mayContinue ? undefined : someOf(given, own)) : mapping(given, own)
}
