/** The sections that a person reads first: what needs a decision; and the columns as published beside the columns as read. */
import { escapeControls } from '#core/text/escape-controls.ts'
import { named } from '#core/text/lookup.ts'
import type { Attention } from './attention.ts'
import { type Cell, type Section, table } from './document.ts'
import { whole } from './figures.ts'
import type { QualityReport } from './model.ts'

const KINDS: readonly (readonly [kind: Attention['kind'], caption: string])[] = [
  ['quarantined', 'Rows in quarantine'],
  ['doubtful', 'Doubtful readings'],
  ['decided', 'Decided from the data'],
]

const HEAD = [{ title: 'What' }, { title: 'Examples' }, { title: 'Decided by' }, { title: 'Step' }]

/** First in the report; absent when nothing needs a person. */
export function attentionSection({ attention }: QualityReport): Section | null {
  const blocks = KINDS.flatMap(([kind, caption]) =>
    table(
      caption,
      HEAD,
      attention.filter((one) => one.kind === kind).map(({ text, examples, setting, step }) => [text, exampleCell(examples), setting, step]),
    ),
  )
  return blocks.length === 0 ? null : { title: 'For you to check', level: 2, blocks }
}

function exampleCell(examples: Attention['examples']): Cell {
  const items = examples.map(({ source, line, value }) => `${source}${line === 0 ? '' : `:${line}`} "${escapeControls(value, 60)}"`)
  return { text: items.join(' · '), items }
}

const PUBLISHED = [
  { title: 'Published' },
  { title: 'Type' },
  { title: 'Read as, or computed by' },
  { title: 'Cells changed', number: true },
]

export function publishedSection({ published, columns }: QualityReport): Section | null {
  const typeOf = (name: string) => named(columns, name)?.type
  const rows = published.map(({ name, type, from, expression, changed }): readonly Cell[] => {
    const sources = from.length === 0 && typeOf(name) !== undefined ? [name] : from
    const read = sources.map((source) => `${source} (${typeOf(source) ?? 'not measured'})`).join(', ')
    const origin =
      expression === undefined ? read || 'computed' : `${expression}${sources.length === 0 ? '' : `, from ${sources.join(', ')}`}`
    return [name, type, origin, whole(changed)]
  })
  const left = columns.filter(({ name }) => !published.some((one) => one.name === name || one.from.includes(name)))
  const dropped =
    published.length === 0 ? [] : left.map(({ name, type }): readonly Cell[] => ['not published', '', `${name} (${type})`, ''])
  const blocks = table('Columns as published, beside the columns as read', PUBLISHED, [...rows, ...dropped], 500)
  return blocks.length === 0 ? null : { title: 'Published columns', level: 2, blocks }
}
