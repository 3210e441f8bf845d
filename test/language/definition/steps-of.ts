/** The steps of a definition, in short. */
import { compile } from '#language/compiler/compile.ts'
import type { Step } from '#language/definition/definition.ts'

function entriesOf(text: string) {
  const compiled = compile(text, { file: 'p.yaml' })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ line, what }) => `${line}: ${what}`).join('\n'))
  return compiled.definition.steps
}

/** `id type [dependencies]` of each step, `id [dependencies]: members` of each group. */
export const stepsOf = (text: string): readonly string[] =>
  entriesOf(text).map((entry) =>
    'parallel' in entry
      ? `${entry.id} [${entry.depends_on.join()}]: ${entry.parallel.map(({ id }) => id).join(' ')}`
      : `${entry.id} ${entry.type} [${entry.depends_on.join()}]`,
  )

/** All steps outside of groups. */
export const allStepsOf = (text: string): readonly Step[] => entriesOf(text).flatMap((entry) => ('parallel' in entry ? [] : [entry]))
