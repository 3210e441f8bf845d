/** Checks a machine as a graph: targets exist, every state can be reached, and every state has a path to an end. */
import type { State } from './asl.ts'
import type { Complaint } from './fields.ts'
import { type Scope, targetsOf } from './sites.ts'

/** Checks that StartAt and every Next, Default and Catch name a state of the same scope. */
export function checkTargets(scope: Scope): Complaint[] {
  const names = Object.keys(scope.branch.States)
  const missing = (path: string, target: string) => ({
    path,
    message: `goes to '${target}', which is not a state of the same scope; there are ${names.join(', ')}`,
  })
  const complaints: Complaint[] = []
  if (!names.includes(scope.branch.StartAt))
    complaints.push(missing(scope.path === '' ? 'StartAt' : `${scope.path}.StartAt`, scope.branch.StartAt))
  for (const site of scope.sites) {
    for (const { target, field } of targetsOf(site.state))
      if (!names.includes(target)) complaints.push(missing(`${site.path}.${field}`, target))
  }
  return complaints
}

/** Checks that every state can be reached from StartAt and has a path to a state that ends. */
export function checkReach(scope: Scope): Complaint[] {
  const next = new Map(scope.sites.map((site) => [site.name, targetsOf(site.state).map(({ target }) => target)]))
  const reached = closure([scope.branch.StartAt], (name) => next.get(name) ?? [])
  const before = new Map<string, string[]>()
  for (const [name, targets] of next) for (const target of targets) before.set(target, [...(before.get(target) ?? []), name])
  const ending = closure(
    scope.sites.filter((site) => ends(site.state)).map((site) => site.name),
    (name) => before.get(name) ?? [],
  )
  return scope.sites.flatMap((site) => {
    if (!reached.has(site.name)) return [{ path: site.path, message: 'is reached from no other state; name it in a Next or remove it' }]
    if (!ending.has(site.name))
      return [{ path: site.path, message: 'has no path to a state that ends; add "End": true, a Succeed or a Fail' }]
    return []
  })
}

function ends(state: State): boolean {
  return state.Type === 'Succeed' || state.Type === 'Fail' || ('End' in state && state.End === true)
}

function closure(start: readonly string[], next: (name: string) => readonly string[]): Set<string> {
  const seen = new Set<string>()
  const open = [...start]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    open.push(...next(name))
  }
  return seen
}
