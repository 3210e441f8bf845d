/** Every problem a definition can have, by code: meaning, YAML that has it, and the fix. The reference is generated from this table. */
import { EXPRESSION_PROBLEMS } from './problems/expressions.ts'
import { NAME_PROBLEMS } from './problems/names.ts'
import { PLAN_PROBLEMS } from './problems/plan.ts'
import type { ProblemEntry } from './problems/problem-entry.ts'
import { SHAPE_PROBLEMS } from './problems/shape.ts'
import { START_PROBLEMS } from './problems/starts.ts'
import { TEST_PROBLEMS } from './problems/tests.ts'
import { YAML_PROBLEMS } from './problems/yaml.ts'

export const PROBLEMS = {
  ...YAML_PROBLEMS,
  ...SHAPE_PROBLEMS,
  ...NAME_PROBLEMS,
  ...EXPRESSION_PROBLEMS,
  ...START_PROBLEMS,
  ...PLAN_PROBLEMS,
  ...TEST_PROBLEMS,
} as const

export type ProblemCode = keyof typeof PROBLEMS

const CHAPTERS: readonly (readonly [title: string, entries: Readonly<Record<string, ProblemEntry>>])[] = [
  ['The file', YAML_PROBLEMS],
  ['Keys and values', SHAPE_PROBLEMS],
  ['Names and order', NAME_PROBLEMS],
  ['References and expressions', EXPRESSION_PROBLEMS],
  ['Schedules and triggers', START_PROBLEMS],
  ['The plan', PLAN_PROBLEMS],
  ['Tests', TEST_PROBLEMS],
]

/** The reference of all problems, as Markdown. */
export function problemReference(): string {
  const chapters = CHAPTERS.map(
    ([title, entries]) =>
      `## ${title}\n\n${Object.entries(entries)
        .map(([code, entry]) => section(code, entry))
        .join('\n')}`,
  )
  return `# Problems

<!-- Generated from lib/language/definition/problems; do not edit. -->

A problem is a mistake in a definition. \`siftstep\` reports all of them before anything runs, each with file, line and column, and exits with code 2:

\`\`\`text
pipeline.yaml:7:9 unknown-setting steps.1.with.fromat: \`fromat\` is not a setting of an export step
  hint: did you mean \`format\`? allowed: to, format, compression
\`\`\`

The code identifies the kind of problem and is stable across versions.

${chapters.join('\n')}`
}

function section(code: string, { title, explanation, example, given, fix }: ProblemEntry): string {
  const flags =
    given === undefined
      ? ''
      : `\nwith ${
          Object.entries(given)
            .map(([name, value]) => `\`--input ${name}=${value}\``)
            .join(' ') || 'no `--input`'
        }\n`
  const shown = example === '' ? '' : `\`\`\`yaml\n${example.trimEnd()}\n\`\`\`\n${flags}\n`
  return `### ${code}\n\n**${title}** ${explanation}\n\n${shown}${fix}\n`
}
