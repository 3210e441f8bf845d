/** The page of the keys of a definition. */
import { jsonSchemaOf } from '#language/definition/json-schema.ts'
import { inputDeclaration, parallel, step, top } from '#language/definition/schema.ts'
import { generatedFrom, page } from './markdown.ts'
import { SETTINGS_LEGEND, settingsTable } from './settings.ts'

export function definitionPage(): string {
  return page(
    '# The keys of a definition',
    generatedFrom('lib/language/definition/schema.ts'),
    `[The language](../language.md) explains them; the settings under \`with\` belong to [each kind of step](steps/README.md). ${SETTINGS_LEGEND}`,
    '## The definition',
    settingsTable(jsonSchemaOf(top)),
    '## An input',
    'Under `inputs`, by name.',
    settingsTable(jsonSchemaOf(inputDeclaration)),
    '## A step',
    'Under `steps`, in order.',
    settingsTable(jsonSchemaOf(step)),
    '## Parallel steps',
    'Instead of a step.',
    settingsTable(jsonSchemaOf(parallel)),
  )
}
