/** What a deployment would change, for people. */
import type { Change, Difference, TemplateDiff } from '#aws/cloud/template-diff.ts'
import { count } from '#core/text/numbers.ts'
import { dollars } from './plan-text.ts'

export interface StackDiff extends TemplateDiff {
  readonly stack: string
  /** Whether the stack is deployed. */
  readonly deployed: boolean
  /** Dollars for a run on this many bytes: of what is deployed, and of what would be; null where it depends on inputs. */
  readonly cost: { readonly bytes: number; readonly before: number | null; readonly after: number | null } | null
}

const SIGN: { readonly [One in Change]: string } = { added: '+', removed: '-', changed: '~' }

/** Lines without line ends. */
export function diffLines({ stack, deployed, states, permissions, resources, cost }: StackDiff): readonly string[] {
  const changes = states.length + permissions.length + resources.length
  if (changes === 0) return [`${stack}: no changes`]
  if (!deployed)
    return [
      `${stack}: new, with ${count(states.length, 'state')}, ${count(permissions.length, 'permission')} and ${count(resources.length, 'resource')}`,
      ...costLines(cost),
    ]
  return [
    `${stack}: ${count(changes, 'change')}`,
    ...section('machine', states, ({ change, details }) => (change === 'changed' ? [`: ${details.join(', ')}`] : [''])),
    ...section('permissions', permissions, ({ details, reason }) => [reason === undefined ? '' : `: ${reason}`, ...details]),
    ...section('resources', resources, ({ change, details }) => (change === 'changed' ? [`: ${details.join(', ')}`] : [''])),
    ...costLines(cost),
  ]
}

/** `describe` gives what stands behind the name of a difference, and the lines below it. */
function section(title: string, all: readonly Difference[], describe: (one: Difference) => readonly string[]): readonly string[] {
  if (all.length === 0) return []
  return [
    `  ${title}`,
    ...all.flatMap((one) => {
      const [behind = '', ...below] = describe(one)
      return [`    ${SIGN[one.change]} ${one.what}${behind}`, ...below.map((line) => `        ${line}`)]
    }),
  ]
}

function costLines(cost: StackDiff['cost']): readonly string[] {
  if (cost === null || cost.after === null) return []
  const run = `for a run on ${cost.bytes / 1e9} GB`
  if (cost.before === null) return [`  cost      ${dollars(cost.after)} ${run}`]
  const [before, after] = [dollars(cost.before), dollars(cost.after)]
  return [`  cost      ${before === after ? after : `${before} → ${after}`} ${run}`]
}
