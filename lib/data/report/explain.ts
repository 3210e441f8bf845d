/** Explains how a dataset is read: what was decided, from what evidence, what contradicts it, and which setting overrides it. Pure. */
import { delimiterOf } from '#io/formats/source.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { count } from '#core/text/numbers.ts'
import { preview } from '#core/text/preview.ts'
import { positionIn } from '#core/text/lookup.ts'
import type { InspectedSource } from '#data/dataset/inspected-source.ts'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { type ColumnExplanation, type Contradiction, type Explained, explainColumn, type Known } from './explain-column.ts'

export interface Explanation {
  readonly sources: readonly {
    readonly name: string
    readonly records: number
    readonly columns: number
    readonly decisions: readonly Explained[]
    readonly against: readonly Contradiction[]
  }[]
  readonly columns: readonly ColumnExplanation[]
}

export function explain(known: Known): Explanation {
  const { plan, sources, source: given } = known
  return {
    sources: sources.map((source, at) => {
      const name = plan.sources[at]?.name ?? source.inspection.uri
      const { records, columns } = source.inspection
      return { name, records, columns: columns.length, ...explainSource(name, source, plan, sources.length === 1 ? given : undefined) }
    }),
    columns: plan.columns.map((column) => explainColumn(column, known)),
  }
}

const MAX_EXAMPLES = 3
const MAX_NAMES = 5

function explainSource(name: string, { inspection }: InspectedSource, plan: DatasetPlan, given: Json | undefined) {
  const { format, compression, encoding, dialect, records, bad, columns, notes, doubts = [], part } = inspection
  const noted = (pattern: RegExp, otherwise: string) => notes.find((note) => pattern.test(note)) ?? otherwise
  const described = typeof given === 'object' && given !== null && !Array.isArray(given) ? given : { path: given ?? inspection.uri }
  const setting = (options: JsonObject): JsonObject => ({ source: { ...described, ...options } })
  // an option of the definition is no decision of ours
  const because = (option: string, evidence: string) => (Object.hasOwn(described, option) ? 'the definition sets it' : evidence)
  const decisions: Explained[] = [
    { what: 'format', value: format, because: because('format', 'the content of the file'), setting: setting({ format }) },
    ...(compression === 'none' ? [] : [{ what: 'compression', value: compression, because: 'its first bytes', setting: null }]),
    ...(part === undefined ? [] : [{ what: 'part', value: part, because: noted(/sheet|member/, 'the only one with data'), setting: null }]),
  ]
  if (dialect !== null) {
    const shape = `${(records - bad.length).toLocaleString('en')} of ${count(records, 'record')} ${records === 1 ? 'has' : 'have'} ${count(columns.length, 'field')}`
    const { quote, header, skip_lines, comment } = dialect
    const delimiter = delimiterOf(inspection)
    const utf8 = encoding === 'utf-8' ? 'all bytes are valid UTF-8' : 'a mark at the start of the file'
    decisions.push(
      { what: 'encoding', value: encoding, because: because('encoding', noted(/UTF-8|encoding/, utf8)), setting: setting({ encoding }) },
      ...(typeof delimiter === 'string'
        ? [{ what: 'delimiter', value: JSON.stringify(delimiter), because: because('delimiter', shape), setting: setting({ delimiter }) }]
        : []),
      {
        what: 'header',
        value: header ? `record ${skip_lines + 1}` : 'none',
        because: because('header', header ? headerEvidence(columns, plan) : 'the first record looks like the records after it'),
        setting: setting(header ? { header: false } : { header: true }),
      },
      ...(quote === '"' ? [] : [{ what: 'quote', value: quote === '' ? 'none' : quote, because: shape, setting: setting({ quote: '"' }) }]),
      ...(skip_lines === 0
        ? []
        : [
            {
              what: 'skipped',
              value: count(skip_lines, 'line'),
              because: noted(/line/, 'they are not part of the table'),
              setting: setting({ skip_lines: 0 }),
            },
          ]),
      ...(comment === ''
        ? []
        : [
            {
              what: 'comments',
              value: comment,
              because: noted(/comment/, `lines that begin with ${comment}`),
              setting: setting({ comment: '' }),
            },
          ]),
    )
  }
  const broken = bad.slice(0, MAX_EXAMPLES).map(({ line, reason }) => ({ source: name, line, value: reason }))
  return {
    decisions,
    against: [
      ...(bad.length === 0
        ? []
        : [
            {
              text: `${count(bad.length, 'record')} cannot be read as rows and ${bad.length === 1 ? 'goes' : 'go'} to quarantine`,
              examples: broken,
            },
          ]),
      ...doubts.map((text) => ({ text, examples: [] })),
    ],
  }
}

/** Names above columns of another type are the plainest evidence. */
function headerEvidence(columns: readonly string[], plan: DatasetPlan): string {
  const typed = plan.columns.filter(({ name, type }) => type !== 'text' && positionIn(columns, name) >= 0)
  return typed.length === 0
    ? `its cells are unlike those below: ${preview(columns, MAX_NAMES)}`
    : `it names ${typed.length} of ${count(columns.length, 'column')} whose cells are of another type: ${preview(
        typed.map(({ name, type }) => `${name} (${type})`),
        MAX_NAMES,
      )}`
}
