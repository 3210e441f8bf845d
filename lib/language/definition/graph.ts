/** Which step waits for which: ids, dependencies, circles. */
import type { Shape } from '#steps/kind/step.ts'
import { nearest } from '#core/text/nearest.ts'
import { type GroupEntry, type ListEntry, type StepEntry, allSteps } from './entries.ts'
import { JSONATA_FUNCTIONS } from './jsonata.ts'
import { type Path, positionOf, type ParseContext, report } from './parse-context.ts'
import { RESERVED_NAMES } from './scope.ts'

/** A step or a group of parallel steps: what waits, and is waited for. */
export interface Node {
  readonly entry: StepEntry | GroupEntry
  readonly id: string
  /** Ids of steps or groups; a step of a group stands for itself, a group for all its steps. */
  readonly depends_on: readonly string[]
  readonly steps: readonly StepEntry[]
}

export interface Graph {
  readonly nodes: readonly Node[]
  /** The steps that are over before a step starts; undefined when the graph is not known for certain. */
  before(step: StepEntry): ReadonlySet<string> | undefined
}

/** Orders the entries; every problem of ids and dependencies is reported, once. */
export function readGraph(entries: readonly ListEntry[], inputs: ReadonlySet<string>, listRead: boolean, reading: ParseContext): Graph {
  checkIds(entries, inputs, reading)
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
        (node.entry.id !== undefined || ('steps' in node.entry && node.entry.sound)) && node.steps.every((step) => step.id !== undefined),
    )
  let sound = namesKnown && nodes.every(isSound)

  const linked = nodes.map((node): Node => {
    const depends_on = [...new Set(node.depends_on.flatMap((name, at) => dependency(node, name, at)))]
    return { ...node, depends_on }
  })

  function dependency(node: Node, name: string, at: number): string[] {
    const path = [...node.entry.path, 'depends_on', at]
    const target = owner.get(name)
    if (target === node.id) {
      report(reading, 'self-dependency', path, {
        what: `\`${name}\` waits for itself`,
        hint: 'name the steps that come before it, or remove the entry',
      })
      sound = false
      return []
    }
    if (target !== undefined) return [name]
    sound = false
    if (namesKnown) {
      const names = [...owner.keys()].filter((candidate) => owner.get(candidate) !== node.id)
      const meant = nearest(name, names)
      report(reading, 'unknown-dependency', path, {
        what: `there is no step \`${name}\``,
        hint: meant === undefined ? `steps: ${names.join(', ')}` : `did you mean \`${meant}\`?`,
      })
    }
    return []
  }

  // all steps of a group wait for what it waits for, so a circle through one of them is a circle of the group
  const waitsFor = (node: Node) => [...new Set(node.depends_on.map((name) => owner.get(name) ?? name))]
  if (reportCycles(linked, waitsFor, reading)) sound = false
  const ancestors = sound ? ancestorsOf(linked, owner) : undefined
  if (sound) checkData(linked, ancestors ?? new Map(), reading)
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
    const depends_on = given ?? (previous === undefined || previous === id ? [] : [previous])
    previous = id ?? ''
    return { entry: own, id: previous, depends_on, steps: 'group' in entry ? entry.group.steps : [entry.step] }
  })
}

const isSound = ({ entry }: Node) => ('steps' in entry ? entry.sound : entry.fields !== undefined)

function checkIds(entries: readonly ListEntry[], inputs: ReadonlySet<string>, reading: ParseContext): void {
  const seen = new Map<string, Path>()
  const all = entries.flatMap((entry) => ('group' in entry ? [entry.group, ...entry.group.steps] : [entry.step]))
  for (const { id, path } of all) {
    if (id === undefined) continue
    const place = [...path, 'id']
    const first = seen.get(id)
    if (first !== undefined) {
      const line = positionOf(reading, reading.places.get(first.join('.'))?.value ?? 0).line
      report(reading, 'duplicate-step-id', place, {
        what: `\`${id}\` is the id of the step in line ${line} already`,
        hint: 'give each step an id of its own',
      })
      continue
    }
    seen.set(id, place)
    if (inputs.has(id))
      report(reading, 'name-clash', place, {
        what: `\`${id}\` is an input as well, so {{ ${id} }} would have two meanings`,
        hint: 'rename one of the two',
      })
    if (RESERVED_NAMES.includes(id) || JSONATA_FUNCTIONS.has(id)) {
      report(reading, 'reserved-name', place, {
        what: `\`${id}\` has a meaning of its own in expressions`,
        hint: `choose another id, such as ${id}_step`,
      })
    }
  }
}

function reportCycles(nodes: readonly Node[], waitsFor: (node: Node) => readonly string[], reading: ParseContext): boolean {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const done = new Set<string>()
  let found = false

  function visit(id: string, trail: readonly string[]): void {
    if (trail.includes(id)) {
      const circle = [...trail.slice(trail.indexOf(id)), id]
      const path = byId.get(id)?.entry.path ?? []
      report(reading, 'cycle', [...path, 'depends_on'], {
        what: `steps wait for each other in a circle: ${circle.join(' → ')}`,
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

/** By entry: the steps that are over before its steps start. */
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

const WORKS_ON_DATA: readonly Shape[] = ['assess', 'rows', 'exchange', 'sink']

/** A step that works on data needs a step before it that finds some. */
function checkData(nodes: readonly Node[], ancestors: ReadonlyMap<string, ReadonlySet<string>>, reading: ParseContext): void {
  const steps = nodes.flatMap((node) => node.steps.map((step) => ({ step, before: ancestors.get(node.id) })))
  if (steps.some(({ step }) => step.kind === undefined)) return
  const scans = new Set(steps.filter(({ step }) => step.kind?.shape === 'scan').map(({ step }) => step.id))
  for (const { step, before } of steps) {
    if (step.kind === undefined || !WORKS_ON_DATA.includes(step.kind.shape)) continue
    if ([...(before ?? [])].some((id) => scans.has(id))) continue
    report(reading, 'no-data', step.path, {
      what: `\`${step.id}\` works on data, and no step before it finds any`,
      hint: 'put a discover step before it, or name one in `depends_on`',
    })
  }
}
