/** JSONata that authors write: what may stand in it. */
import { analyseExpression, expressionSource } from '#asl/machine/expression.ts'
import { nearest } from '#core/text/nearest.ts'
import type { ProblemText } from './problem.ts'
import type { ProblemCode } from './problems.ts'

/** Functions of JSONata 2.0.6 and of Step Functions; a step with such an id would hide the function. Source: the JSONata reference and the Step Functions guide. */
export const JSONATA_FUNCTIONS: ReadonlySet<string> = new Set(
  `abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl decodeUrlComponent distinct each encodeUrl
  encodeUrlComponent error eval exists filter floor formatBase formatInteger formatNumber fromMillis hash join keys length lookup lowercase map match
  max merge millis min not now number pad parse parseInteger partition power random range reduce replace reverse round shuffle sift single sort split
  spread sqrt string substring substringAfter substringBefore sum toMillis trim type uppercase uuid zip`.split(/\s+/),
)

/** Functions refused in a definition, with the reason. */
const REFUSED: Readonly<Record<string, string>> = {
  now: 'it gives another time when the state is tried again; write `$run.started_at`',
  millis: 'it gives another time when the state is tried again; write `$toMillis($run.started_at)`',
  random: 'it gives another number when the state is tried again',
  uuid: 'it gives another id when the state is tried again; write `$run.id`',
  eval: 'text that is run as code cannot be checked; write the expression itself',
}

export interface AuthorProblem extends ProblemText {
  readonly code: ProblemCode
}

export interface AuthorScope {
  /** Inputs by name; undefined when they are not known for certain. */
  readonly inputs: readonly string[] | undefined
  /** Steps that are over by then; undefined when they are not known for certain. */
  readonly steps: readonly string[] | undefined
}

/** What is wrong with a `{% … %}` an author wrote. */
export function checkAuthored(text: string, scope: AuthorScope): AuthorProblem[] {
  const source = expressionSource(text.trim()) ?? ''
  const analysis = analyseExpression(source)
  if ('error' in analysis) {
    return [
      {
        code: 'invalid-jsonata',
        what: `this is not JSONata: ${analysis.error}`,
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
          what: `this holds a ${what}`,
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
      what: `there is no variable \`$${name}\` here`,
      hint: `${meant === undefined ? '' : `did you mean \`$${meant}\`? `}variables here: ${names.map((one) => `$${one}`).join(', ')}`,
    })
  }
  for (const name of analysis.inputs) {
    if (name === '' || scope.inputs === undefined || scope.inputs.includes(name)) continue
    const meant = nearest(name, scope.inputs)
    problems.push({
      code: 'unknown-input',
      what: `there is no input \`${name}\``,
      hint: meant === undefined ? `declare it in \`inputs\`` : `did you mean \`${meant}\`?`,
    })
  }
  return problems
}
