/** The page of the triggers: what starts runs, its settings, and what the inputs of the runs can read. */
import type { Trigger } from '#language/definition/definition.ts'
import { type JsonSchema, jsonSchemaOf } from '#language/definition/json-schema.ts'
import { ALWAYS, READABLE } from '#language/definition/starts/readable.ts'
import { triggers } from '#language/definition/starts-schema.ts'
import { code, generatedFrom, page, table } from './markdown.ts'
import { SETTINGS_LEGEND, settingsTable } from './settings.ts'

export function triggersPage(): string {
  const { items } = jsonSchemaOf(triggers) as { readonly items?: JsonSchema }
  return page(
    '# Triggers',
    generatedFrom('lib/language/definition/starts-schema.ts'),
    `Events that start runs, in the list \`triggers\` of a definition. \`type\` names the kind. [The language](../language.md#schedules-and-triggers) explains them. ${SETTINGS_LEGEND}`,
    ...(items?.oneOf ?? items?.anyOf ?? []).flatMap(triggerSection),
    '## In every trigger',
    `Inputs can also read ${ALWAYS.map((name) => code(`{{ ${name} }}`)).join(', ')}: the logical date of the run, and its pipeline.`,
  )
}

function triggerSection(schema: JsonSchema): readonly string[] {
  const { type, ...settings } = schema.properties ?? {}
  const name = String(type?.const) as Trigger['type']
  const { event, detail } = READABLE[name]
  const names = Object.entries(event).map(([field, own]) => [code(`{{ event.${field} }}`), own ?? 'any value'])
  return [
    `## ${name}`,
    type?.description ?? '',
    settingsTable({ ...schema, properties: settings, required: (schema.required ?? []).filter((one) => one !== 'type') }),
    'Its `inputs` can read:',
    table(['Name', 'Type'], detail ? [...names, [code('{{ event.detail.… }}'), 'what the event contains']] : names),
  ]
}
