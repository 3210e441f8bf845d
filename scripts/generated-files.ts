/** Every file that is made from the code: where it is, and what it must hold. */
import { COMMANDS } from '#cli/commands/index.ts'
import { cliReference } from '#cli/arguments/help.ts'
import { pipelineJsonSchema } from '#language/definition/pipeline-schema.ts'
import { problemReference } from '#language/definition/problems.ts'
import { expressionReference } from '#relational/expression/reference.ts'
import { EXAMPLES, EXPECTED } from './examples.ts'
import { channelsPage } from './reference/channels.ts'
import { dialectsPage } from './reference/dialects.ts'
import { errorsPage } from './reference/errors.ts'
import { definitionPage } from './reference/language.ts'
import { measuresPage } from './reference/measures.ts'
import { coveragePage } from './reference/seed-coverage.ts'
import { cleanersPage, KINDS, operationsPage, rulesPage, shorthandPage, stepIndex, stepPage } from './reference/steps.ts'
import { triggersPage } from './reference/triggers.ts'
import { SHORTHANDS } from '#language/definition/shorthands/index.ts'

interface GeneratedFile {
  /** Below the root of the repository. */
  readonly path: string
  readonly text: () => string
}

export const GENERATED_FILES: readonly GeneratedFile[] = [
  { path: 'schema/pipeline.schema.json', text: () => `${JSON.stringify(pipelineJsonSchema(), null, 2)}\n` },
  { path: 'docs/cli.md', text: () => cliReference(COMMANDS) },
  { path: 'docs/reference/problems.md', text: problemReference },
  { path: 'docs/reference/expressions.md', text: expressionReference },
  { path: 'docs/reference/definition.md', text: definitionPage },
  { path: 'docs/reference/triggers.md', text: triggersPage },
  { path: 'docs/reference/channels.md', text: channelsPage },
  { path: 'docs/reference/dialects.md', text: dialectsPage },
  { path: 'docs/reference/errors.md', text: errorsPage },
  { path: 'docs/reference/measures.md', text: measuresPage },
  { path: 'docs/reference/cleaners.md', text: cleanersPage },
  { path: 'docs/reference/operations.md', text: operationsPage },
  { path: 'docs/reference/rules.md', text: rulesPage },
  { path: 'docs/seed-coverage.md', text: coveragePage },
  { path: 'docs/reference/steps/README.md', text: stepIndex },
  ...EXPECTED,
  ...SHORTHANDS.map((one) => ({ path: `docs/reference/steps/${one.kind}.md`, text: () => shorthandPage(one) })),
  ...KINDS.map((kind) => ({ path: `docs/reference/steps/${kind.kind}.md`, text: () => stepPage(kind) })),
]

/** Folders all of whose files are generated: whatever else stands there is a leftover. */
export const GENERATED_FOLDERS = ['docs/reference', 'schema', ...EXAMPLES.map(({ name }) => `examples/${name}/expected`)]
