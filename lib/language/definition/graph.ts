/** Builds the graph of dependencies: ids, dependencies, cycles. */
import type { Shape } from '#steps/kind/step.ts'
import { nearest } from '#core/text/nearest.ts'
import { type GroupEntry, type ListEntry, type StepEntry, allSteps } from './entries.ts'
import { JSONATA_FUNCTIONS } from './jsonata.ts'
import { type Path, positionOf, type ParseContext, report } from './parse-context.ts'
import { RESERVED_NAMES } from './scope.ts'

/** A step or a group of parallel steps, with its dependencies. */
export interface Node {
  readonly entry: StepEntry | GroupEntry
  readonly id: string
  /** Ids of steps or groups. The id of a step in a group means that step only; the id of a group means all its steps. */
  readonly depends_on: readonly string[]
  readonly steps: readonly StepEntry[]
}

export interface Graph {
  readonly nodes: readonly Node[]
  /** The ancestors of a step; undefined if the graph has problems. */
  before(step: StepEntry): ReadonlySet<string> | undefined
}

/** Builds the graph and reports every problem of ids and dependencies once. */
export function readGraph(
  entries: readonly ListEntry[],
  endings: readonly StepEntry[],
  inputs: ReadonlySet<string>,
  listRead: boolean,
  context: ParseContext,
): Graph {
  checkIds([...entries, ...endings.map((step) => ({ step }))], inputs, context)
  const nodes = nodesOf(entries)
  const owner = new Map(
    nodes.flatMap((node) => [
      [node.id, node.id] as const,
      ...node.steps.flatMap((step) => (step.id === undefined ? [] : [[step.id, node.id] as const])),
    ]),
  )
  const namesKnown =
    listRead &&
    nodes.every(
      (node) =>
        (node.entry.id !== undefined || ('steps' in node.entry && node.entry.valid)) && node.steps.every((step) => step.id !== undefined),
    )
  let valid = namesKnown && nodes.every(isValid)

  const linked = nodes.map((node): Node => {
    const depends_on = [...new Set(node.depends_on.flatMap((name, at) => dependency(node, name, at)))]
    return { ...node, depends_on }
  })

  function dependency(node: Node, name: string, at: number): string[] {
    const path = [...node.entry.path, 'depends_on', at]
    const target = owner.get(name)
    if (target === node.id) {
      report(context, 'self-dependency', path, {
        what: `\`${name}\` depends on itself`,
        hint: 'use the ids of earlier steps, or remove the entry',
      })
      valid = false
      return []
    }
    if (target !== undefined) return [name]
    valid = false
    if (namesKnown) {
      const names = [...owner.keys()].filter((candidate) => owner.get(candidate) !== node.id)
      const meant = nearest(name, names)
      report(context, 'unknown-dependency', path, {
        what: `unknown step \`${name}\``,
        hint: meant === undefined ? `steps: ${names.join(', ')}` : `did you mean \`${meant}\`?`,
      })
    }
    return []
  }

  // all steps of a group wait for the dependencies of the group, so a cycle through one of them is a cycle of the group
  const waitsFor = (node: Node) => [...new Set(node.depends_on.map((name) => owner.get(name) ?? name))]
  // with two steps of one id it is unknown which of them is meant
  const ids = nodes.flatMap((node) => node.steps.flatMap((step) => step.id ?? []))
  if (new Set(ids).size < ids.length || reportCycles(linked, waitsFor, context)) valid = false
  const ancestors = valid ? ancestorsOf(linked, owner) : undefined
  if (valid) checkData(linked, ancestors ?? new Map(), context)
  return {
    nodes: linked,
    before: (step) => ancestors?.get(linked.find((node) => node.steps.includes(step))?.id ?? ''),
  }
}

function nodesOf(entries: readonly ListEntry[]): Node[] {
  const taken = new Set(allSteps(entries).map((step) => step.id))
  for (const entry of entries) if ('group' in entry) taken.add(entry.group.id)
  let count = 0
  let previous: string | undefined
  return entries.map((entry): Node => {
    const own = 'group' in entry ? entry.group : entry.step
    const given = 'group' in entry ? entry.group.depends_on : entry.step.fields?.depends_on
    let id = own.id
    while ('group' in entry && (id === undefined || (id !== own.id && taken.has(id)))) id = `parallel_${++count}`
    // a step without a valid id has been reported; it cannot be depended on
    const depends_on = given ?? (previous === undefined || previous === '' || previous === id ? [] : [previous])
    previous = id ?? ''
    return { entry: own, id: previous, depends_on, steps: 'group' in entry ? entry.group.steps : [entry.step] }
  })
}

const isValid = ({ entry }: Node) => ('steps' in entry ? entry.valid : entry.fields !== undefined)

function checkIds(entries: readonly ListEntry[], inputs: ReadonlySet<string>, context: ParseContext): void {
  const seen = new Map<string, Path>()
  const all = entries.flatMap((entry) => ('group' in entry ? [entry.group, ...entry.group.steps] : [entry.step]))
  for (const { id, path } of all) {
    if (id === undefined) continue
    const place = [...path, 'id']
    const first = seen.get(id)
    if (first !== undefined) {
      const line = positionOf(context, context.places.get(first.join('.'))?.value ?? 0).line
      report(context, 'duplicate-step-id', place, {
        what: `the step in line ${line} already has the id \`${id}\``,
        hint: 'give each step a unique id',
      })
      continue
    }
    seen.set(id, place)
    if (inputs.has(id))
      report(context, 'name-clash', place, {
        what: `\`${id}\` is also the name of an input, so {{ ${id} }} is ambiguous`,
        hint: 'rename one of them',
      })
    if (RESERVED_NAMES.includes(id) || JSONATA_FUNCTIONS.has(id)) {
      report(context, 'reserved-name', place, {
        what: `\`${id}\` is a reserved name in expressions`,
        hint: `choose another id, such as ${id}_step`,
      })
    }
  }
}

function reportCycles(nodes: readonly Node[], waitsFor: (node: Node) => readonly string[], context: ParseContext): boolean {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const done = new Set<string>()
  let found = false

  function visit(id: string, trail: readonly string[]): void {
    if (trail.includes(id)) {
      const circle = [...trail.slice(trail.indexOf(id)), id]
      const path = byId.get(id)?.entry.path ?? []
      report(context, 'cycle', [...path, 'depends_on'], {
        what: `steps depend on each other in a cycle: ${circle.join(' → ')}`,
        hint: 'remove one of these dependencies',
      })
      found = true
      return
    }
    if (done.has(id)) return
    const node = byId.get(id)
    for (const next of node === undefined ? [] : waitsFor(node)) visit(next, [...trail, id])
    done.add(id)
  }

  for (const { id } of nodes) visit(id, [])
  return found
}

/** The ancestors of the steps of each entry. */
function ancestorsOf(nodes: readonly Node[], owner: ReadonlyMap<string, string>): Map<string, ReadonlySet<string>> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const result = new Map<string, ReadonlySet<string>>()

  function ancestors(id: string): ReadonlySet<string> {
    const known = result.get(id)
    if (known !== undefined) return known
    const all = new Set<string>()
    for (const name of byId.get(id)?.depends_on ?? []) {
      const parent = byId.get(owner.get(name) ?? name)
      for (const step of parent?.steps ?? []) if (parent?.id === name || step.id === name) all.add(step.id ?? '')
      for (const earlier of ancestors(parent?.id ?? name)) all.add(earlier)
    }
    result.set(id, all)
    return all
  }

  for (const { id } of nodes) ancestors(id)
  return result
}

const WORKS_ON_DATA: readonly Shape[] = ['assess', 'rows', 'exchange', 'own', 'sink']

/** A step that works on data needs an earlier step that finds data. */
function checkData(nodes: readonly Node[], ancestors: ReadonlyMap<string, ReadonlySet<string>>, context: ParseContext): void {
  const steps = nodes.flatMap((node) => node.steps.map((step) => ({ step, before: ancestors.get(node.id) })))
  if (steps.some(({ step }) => step.kind === undefined)) return
  const scans = new Set(steps.filter(({ step }) => step.kind?.shape === 'scan').map(({ step }) => step.id))
  for (const { step, before } of steps) {
    if (step.kind === undefined || !WORKS_ON_DATA.includes(step.kind.shape)) continue
    if ([...(before ?? [])].some((id) => scans.has(id))) continue
    report(context, 'no-data', step.path, {
      what: `\`${step.id}\` works on data, but no earlier step finds any`,
      hint: 'add a discover step, or name one in `depends_on`',
    })
  }
}
