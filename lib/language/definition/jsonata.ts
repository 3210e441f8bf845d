/** Checks JSONata that authors write. */
import { analyseExpression, expressionSource } from '#asl/machine/expression.ts'
import { nearest } from '#core/text/nearest.ts'
import type { ProblemText } from './problem.ts'
import type { ProblemCode } from './problems.ts'

/**
 * Functions of JSONata 2.0.6 and of Step Functions; a step with such an id would hide the function. Source: the JSONata reference and the
 * Step Functions guide.
 */
export const JSONATA_FUNCTIONS: ReadonlySet<string> = new Set(
  `abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl decodeUrlComponent distinct each encodeUrl
  encodeUrlComponent error eval exists filter floor formatBase formatInteger formatNumber fromMillis hash join keys length lookup lowercase map match
  max merge millis min not now number pad parse parseInteger partition power random range reduce replace reverse round shuffle sift single sort split
  spread sqrt string substring substringAfter substringBefore sum toMillis trim type uppercase uuid zip`.split(/\s+/),
)

/** Functions that are not allowed in a definition, with the reason. */
const REFUSED: Readonly<Record<string, string>> = {
  now: 'it returns another time if the state is retried; use `$run.started_at`',
  millis: 'it returns another time if the state is retried; use `$toMillis($run.started_at)`',
  random: 'it returns another number if the state is retried',
  uuid: 'it returns another id if the state is retried; use `$run.id`',
  eval: 'code in a text cannot be checked; write the expression directly',
}

export interface AuthorProblem extends ProblemText {
  readonly code: ProblemCode
}

export interface AuthorScope {
  /** Inputs by name; undefined if they are not known for certain. */
  readonly inputs: readonly string[] | undefined
  /** Steps that end before; undefined if they are not known for certain. */
  readonly steps: readonly string[] | undefined
}

/** The problems of a `{% … %}` that an author wrote. */
export function checkAuthored(text: string, scope: AuthorScope): AuthorProblem[] {
  const source = expressionSource(text.trim()) ?? ''
  const analysis = analyseExpression(source)
  if ('error' in analysis) {
    return [
      {
        code: 'invalid-jsonata',
        what: `invalid JSONata: ${analysis.error}`,
        hint: 'see docs.jsonata.org, or use a `{{ … }}` reference',
      },
    ]
  }
  const problems: AuthorProblem[] = []
  const refused = [...analysis.reads].filter((name) => Object.hasOwn(REFUSED, name))
  for (const name of refused) problems.push({ code: 'unstable-function', what: `\`$${name}\` is not allowed`, hint: REFUSED[name] ?? '' })
  if (refused.length === 0)
    problems.push(
      ...analysis.refused.map(
        (what): AuthorProblem => ({
          code: 'invalid-jsonata',
          what: `${what} is not allowed`,
          hint: 'read `$inputs`, `$run` or `$<step id>`',
        }),
      ),
    )
  const names = ['inputs', 'run', 'states', ...(scope.steps ?? [])]
  for (const name of analysis.reads) {
    if (names.includes(name) || JSONATA_FUNCTIONS.has(name) || scope.steps === undefined) continue
    const meant = nearest(name, [...names, ...JSONATA_FUNCTIONS])
    problems.push({
      code: 'unknown-name',
      what: `unknown variable \`$${name}\``,
      hint: `${meant === undefined ? '' : `did you mean \`$${meant}\`? `}variables here: ${names.map((one) => `$${one}`).join(', ')}`,
    })
  }
  for (const name of analysis.inputs) {
    if (name === '' || scope.inputs === undefined || scope.inputs.includes(name)) continue
    const meant = nearest(name, scope.inputs)
    problems.push({
      code: 'unknown-input',
      what: `unknown input \`${name}\``,
      hint: meant === undefined ? `declare it in \`inputs\`` : `did you mean \`${meant}\`?`,
    })
  }
  return problems
}
