/** siftstep's own checks of a compiled machine, before it is deployed or run. Pure. */
import type { Machine } from './asl.ts'
import { checkSyntax, checkUse } from './expressions.ts'
import { type Complaint, checkFields } from './fields.ts'
import { checkReach, checkTargets } from './graph.ts'
import { allScopes, type Scope, scopesOf } from './sites.ts'
import { checkVariables } from './variables.ts'

/** Step Functions' quota for a definition, in bytes of UTF-8. */
const MAX_BYTES = 1024 * 1024
/** Step Functions' quota for a state's name, in characters. */
const MAX_NAME = 80

/**
 * Every problem of a machine, each with its path; an empty list for a correct one. Checks the fields and their forms, targets,
 * reachability, a path to an end, names (unique, at most 80 characters), expressions (they parse, read what is available and return the
 * same on a replay), variables (assigned before on some path, not read across a distributed Map, not shadowed), tolerated failures only
 * where the service documents them, and the size. A machine with invalid fields is not checked further.
 */
export function verify(machine: Machine): Complaint[] {
  const size = checkSize(machine)
  const fields = checkFields(machine)
  if (fields.length > 0) return [...size, ...fields]
  const root = scopesOf(machine)
  const scopes = allScopes(root)
  const broken = scopes.flatMap((scope) => [...checkTargets(scope), ...checkSyntax(scope)])
  return [
    ...size,
    ...checkNames(scopes),
    ...broken,
    ...scopes.flatMap((scope) => [...checkReach(scope), ...checkUse(scope), ...checkTolerance(scope)]),
    ...checkVariables(root),
  ]
}

/** What would keep a machine from starting: unsupported fields, missing targets, expressions that do not parse. */
export function unsupported(machine: Machine): Complaint[] {
  const fields = checkFields(machine)
  if (fields.length > 0) return fields
  return allScopes(scopesOf(machine)).flatMap((scope) => [...checkTargets(scope), ...checkSyntax(scope)])
}

function checkSize(machine: Machine): Complaint[] {
  const bytes = Buffer.byteLength(JSON.stringify(machine))
  if (bytes < MAX_BYTES) return []
  return [{ path: '', message: `the definition is ${bytes} bytes; Step Functions allows less than ${MAX_BYTES}` }]
}

function checkNames(scopes: readonly Scope[]): Complaint[] {
  const first = new Map<string, string>()
  return scopes
    .flatMap((scope) => scope.sites)
    .flatMap((site) => {
      const complaints: Complaint[] = []
      const earlier = first.get(site.name)
      if (earlier === undefined) first.set(site.name, site.path)
      else complaints.push({ path: site.path, message: `has the name of ${earlier}; names are unique across the whole machine` })
      const length = [...site.name].length
      if (length > MAX_NAME)
        complaints.push({ path: site.path, message: `has a name of ${length} characters; at most ${MAX_NAME} are allowed` })
      return complaints
    })
}

function checkTolerance(scope: Scope): Complaint[] {
  return scope.sites.flatMap(({ state, path }) => {
    if (state.Type !== 'Map' || state.ItemProcessor.ProcessorConfig?.Mode === 'DISTRIBUTED') return []
    return (['ToleratedFailureCount', 'ToleratedFailurePercentage'] as const)
      .filter((field) => state[field] !== undefined)
      .map((field) => ({
        path: `${path}.${field}`,
        message: 'is documented by Step Functions for distributed Maps only; catch inside the item processor, or make the Map distributed',
      }))
  })
}
