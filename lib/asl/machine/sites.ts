/** Walks a well-formed machine: every state with its path and scope, and every expression with its location. */
import type { Branch, Machine, State } from './asl.ts'
import { expressionSource } from './expression.ts'
import type { Json } from '#core/json.ts'

/** States that can target each other and share variables: a machine, a Parallel branch or a Map's item processor. */
export interface Scope {
  readonly branch: Branch
  /** Empty for the machine, otherwise a path such as `States.Fan.Branches[0]`. */
  readonly path: string
  /** A distributed child, which sees no outer variables. */
  readonly distributed: boolean
  readonly sites: readonly Site[]
}

/** One state with its path. */
export interface Site {
  readonly name: string
  readonly state: State
  readonly path: string
  readonly inner: readonly Scope[]
}

/** The scopes of a machine as a tree, from the machine down. */
export function scopesOf(machine: Machine): Scope {
  return scopeOf(machine, '', false)
}

/** A scope and every scope within it. */
export function allScopes(scope: Scope): Scope[] {
  return [scope, ...scope.sites.flatMap((site) => site.inner.flatMap(allScopes))]
}

function scopeOf(branch: Branch, path: string, distributed: boolean): Scope {
  const prefix = path === '' ? 'States' : `${path}.States`
  const sites = Object.entries(branch.States).map(([name, state]) => {
    const at = `${prefix}.${name}`
    return { name, state, path: at, inner: innerScopes(state, at) }
  })
  return { branch, path, distributed, sites }
}

function innerScopes(state: State, path: string): Scope[] {
  if (state.Type === 'Parallel') return state.Branches.map((branch, position) => scopeOf(branch, `${path}.Branches[${position}]`, false))
  if (state.Type !== 'Map') return []
  return [scopeOf(state.ItemProcessor, `${path}.ItemProcessor`, state.ItemProcessor.ProcessorConfig?.Mode === 'DISTRIBUTED')]
}

/** An expression of a state: its source and its location, such as `Arguments/Payload/key` or `Choices[0]/Condition`. */
export interface ExpressionSite {
  readonly location: string
  readonly source: string
}

const NOT_EXPRESSIONS = new Set(['Comment', 'Branches', 'Type', 'Next', 'Default', 'Resource', 'ErrorEquals', 'ItemProcessor'])

/** Every expression in the fields of one state, excluding states within it. */
export function expressionsOf(state: State): ExpressionSite[] {
  const found: ExpressionSite[] = []
  const walk = (value: Json, location: string): void => {
    const source = expressionSource(value)
    if (source !== undefined) found.push({ location, source })
    else if (Array.isArray(value)) value.forEach((one: Json, position) => void walk(one, `${location}[${position}]`))
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(inner, `${location}/${key}`)
    }
  }
  for (const [field, value] of Object.entries(state)) {
    if (NOT_EXPRESSIONS.has(field)) continue
    // Rules and catchers have their own Comment and Next; neither is evaluated.
    if (field === 'Choices' || field === 'Catch') {
      for (const [position, entry] of (value as Json[]).entries()) {
        for (const [key, inner] of Object.entries(entry as object)) {
          if (!NOT_EXPRESSIONS.has(key)) walk(inner, `${field}[${position}]/${key}`)
        }
      }
    } else if (field !== 'Retry') walk(value as Json, field)
  }
  return found
}

/** The states that can follow a state, with the field that names them. */
export function targetsOf(state: State): { readonly target: string; readonly field: string }[] {
  const targets: { target: string; field: string }[] = []
  if ('Next' in state && state.Next !== undefined) targets.push({ target: state.Next, field: 'Next' })
  if (state.Type === 'Choice') {
    state.Choices.forEach((rule, position) => void targets.push({ target: rule.Next, field: `Choices[${position}].Next` }))
    if (state.Default !== undefined) targets.push({ target: state.Default, field: 'Default' })
  }
  if ('Catch' in state) {
    state.Catch?.forEach((catcher, position) => void targets.push({ target: catcher.Next, field: `Catch[${position}].Next` }))
  }
  return targets
}
