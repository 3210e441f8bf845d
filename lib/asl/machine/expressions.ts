/** Checks the expressions of a machine: each must parse, read only what is available there, and return the same value on a replay. */
import { analyseExpression } from './expression.ts'
import type { Complaint } from './fields.ts'
import { expressionsOf, type Scope, type Site } from './sites.ts'

/** Functions whose value differs from one evaluation to the next. */
const UNSTABLE = ['now', 'millis', 'random', 'uuid']

/** Expressions that do not parse, or contain a reference Step Functions rejects when a machine is created. */
export function checkSyntax(scope: Scope): Complaint[] {
  return eachExpression(scope, (source) => {
    const analysis = analyseExpression(source)
    if ('error' in analysis) return [`does not parse as JSONata: ${analysis.error}; it is ${source}`]
    return analysis.refused.map((message) => `holds a ${message}; it is ${source}`)
  })
}

/** Expressions that read an unavailable field of `$states`, or whose value changes on a replay. */
export function checkUse(scope: Scope): Complaint[] {
  return eachExpression(scope, (source, location, site) => {
    const analysis = analyseExpression(source)
    if ('error' in analysis) return []
    const misplaced = [...analysis.states].flatMap((path) => misplacedRead(path, location, site))
    const unstable = UNSTABLE.filter((name) => analysis.reads.has(name)).map(
      (name) => `calls $${name}(), whose value differs on a retry or replay; take it from the run's input instead`,
    )
    return [...misplaced, ...unstable]
  })
}

function misplacedRead(path: string, location: string, site: Site): string[] {
  const inOutcome = /^(Assign|Output)\b/.test(location)
  if (/^result\b/.test(path) && !(inOutcome && ['Task', 'Parallel', 'Map'].includes(site.state.Type))) {
    return ['reads $states.result, which only Assign and Output of a Task, Parallel or Map state have']
  }
  if (/^errorOutput\b/.test(path) && !location.startsWith('Catch[')) {
    return ['reads $states.errorOutput, which only Assign and Output of a catcher have']
  }
  if (/^context\.Map\b/.test(path) && !location.startsWith('ItemSelector')) {
    return ['reads $states.context.Map, which only ItemSelector has; pass the item on from there']
  }
  return []
}

function eachExpression(scope: Scope, check: (source: string, location: string, site: Site) => string[]): Complaint[] {
  return scope.sites.flatMap((site) =>
    expressionsOf(site.state).flatMap(({ location, source }) =>
      check(source, location, site).map((message) => ({ path: `${site.path}.${location}`, message })),
    ),
  )
}
