/** Checks the variables of a machine: read only after an assignment on some path, never across a distributed Map, never shadowed. */
import type { State } from './asl.ts'
import { type Analysis, analyseExpression } from './expression.ts'
import type { Complaint } from './fields.ts'
import { expressionsOf, type Scope, type Site } from './sites.ts'
import type { JsonObject } from '#core/json.ts'

/**
 * Built-in functions. A name among them is not a variable unless it is assigned. Sources: the JSONata reference and the Step Functions
 * guide.
 */
const FUNCTIONS = new Set(
  'abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl decodeUrlComponent distinct each encodeUrl encodeUrlComponent error eval exists filter floor formatBase formatInteger formatNumber fromMillis join keys length lookup lowercase map match max merge millis min not now number pad parseInteger power random reduce replace reverse round shuffle sift single sort split spread sqrt string substring substringAfter substringBefore sum toMillis trim type uppercase zip hash parse partition range uuid'.split(
    ' ',
  ),
)

/**
 * Checks the reads and assignments of each scope. A read is accepted when some path through the scope, or through an enclosing scope up to
 * the Parallel or Map, assigns the variable before. Whether every path does is not checked.
 */
export function checkVariables(
  scope: Scope,
  outer: ReadonlySet<string> = new Set(),
  outside: ReadonlySet<string> = new Set(),
): Complaint[] {
  const complaints: Complaint[] = []
  const own = new Set(scope.sites.flatMap((site) => assignments(site.state).flatMap(({ names }) => names)))
  const before = assignedBefore(scope)
  for (const site of scope.sites) {
    const visible = new Set([...outer, ...(before.get(site.name) ?? [])])
    complaints.push(...checkReads(site, visible, scope.distributed ? outside : new Set()), ...checkShadowing(site, outside))
    for (const inner of site.inner) {
      complaints.push(...checkVariables(inner, inner.distributed ? new Set() : visible, new Set([...outside, ...own])))
    }
  }
  return complaints
}

function checkReads(site: Site, visible: ReadonlySet<string>, hidden: ReadonlySet<string>): Complaint[] {
  return expressionsOf(site.state).flatMap(({ location, source }) =>
    readsOf(source)
      .filter((name) => name !== 'states' && !visible.has(name) && !FUNCTIONS.has(name))
      .map((name) => ({
        path: `${site.path}.${location}`,
        message: hidden.has(name)
          ? `reads $${name}, which a child of a distributed Map does not see; pass it through ItemSelector`
          : `reads $${name}, which no state on a path to this one assigns; the variables here are ${[...visible].map((one) => `$${one}`).join(', ') || 'none'}`,
      })),
  )
}

function readsOf(source: string): string[] {
  const analysis: Analysis | { error: string } = analyseExpression(source)
  return 'error' in analysis ? [] : [...analysis.reads]
}

function checkShadowing(site: Site, outside: ReadonlySet<string>): Complaint[] {
  return assignments(site.state).flatMap(({ names, field }) =>
    names
      .filter((name) => outside.has(name))
      .map((name) => ({
        path: `${site.path}.${field}.${name}`,
        message: `assigns $${name}, a variable that an enclosing scope also has; Step Functions requires another name`,
      })),
  )
}

/** The variables assigned on some path from StartAt, per state. */
function assignedBefore(scope: Scope): Map<string, Set<string>> {
  const before = new Map<string, Set<string>>([[scope.branch.StartAt, new Set()]])
  const states = new Map(scope.sites.map((site) => [site.name, site.state]))
  const open = [scope.branch.StartAt]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = states.get(name)
    if (!state) continue
    for (const { names, target } of assignments(state)) {
      if (target === undefined) continue
      const known = before.get(target)
      const merged = new Set([...(known ?? []), ...(before.get(name) ?? []), ...names])
      if (known && merged.size === known.size) continue
      before.set(target, merged)
      open.push(target)
    }
  }
  return before
}

/** Each exit of a state, with the variables it assigns. */
function assignments(state: State): { names: string[]; field: string; target: string | undefined }[] {
  const names = (assign: JsonObject | undefined) => Object.keys(assign ?? {})
  const exits: { names: string[]; field: string; target: string | undefined }[] = []
  if ('Assign' in state || 'Next' in state)
    exits.push({ names: names(state.Assign), field: 'Assign', target: 'Next' in state ? state.Next : undefined })
  if (state.Type === 'Choice') {
    exits.push({ names: names(state.Assign), field: 'Assign', target: state.Default })
    state.Choices.forEach((rule, at) => void exits.push({ names: names(rule.Assign), field: `Choices[${at}].Assign`, target: rule.Next }))
  }
  if ('Catch' in state) {
    state.Catch?.forEach((rule, at) => void exits.push({ names: names(rule.Assign), field: `Catch[${at}].Assign`, target: rule.Next }))
  }
  return exits
}
