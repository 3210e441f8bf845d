/** Explains how one column is read. Pure. */
import type { Json, JsonObject } from '#core/json.ts'
import { MONTH_LANGUAGES, meaningsOf, saidMonths } from '#relational/types/month-words.ts'
import { languageOfMonths, wordedKey } from '#relational/types/worded-dates.ts'
import { count } from '#core/text/numbers.ts'
import { isAmong, named } from '#core/text/lookup.ts'
import { preview } from '#core/text/preview.ts'
import { entryOf, record } from '#core/text/record.ts'
import type { CellExample, CellKind } from '#data/dataset/cell-kinds.ts'
import type { InspectedSource } from '#data/dataset/inspected-source.ts'
import { type DatasetPlan, fieldOf } from '#data/dataset/plan.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { nullValuesOf } from '#relational/cells/reading.ts'
import { type Evidence, noEvidence } from '#relational/infer/evidence.ts'
import { mergeEvidence } from '#relational/infer/merge-evidence.ts'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import { type SpellingGroup, spellingGroups } from '#relational/measures/variants.ts'
import { MISSING, writtenOut } from '#relational/infer/kind-of-cell.ts'

/** One decision about a source or a column. */
export interface Explained {
  readonly what: string
  readonly value: string
  /** The evidence, in one sentence. */
  readonly because: string
  /** Settings of the discover step that decide otherwise; null if none does. */
  readonly setting: JsonObject | null
}

/** A reason to doubt, with cells that show it. */
export interface Contradiction {
  readonly text: string
  readonly examples: readonly CellExample[]
}

export interface ColumnExplanation {
  readonly name: string
  readonly type: string
  readonly decisions: readonly Explained[]
  /** What the sampled cells look like; empty for typed files. */
  readonly cells: readonly CellKind[]
  readonly against: readonly Contradiction[]
  /** Values that are written in several ways, which a rule of a clean step would make one. */
  readonly spellings: readonly SpellingGroup[]
}

export interface Known {
  readonly plan: DatasetPlan
  readonly sources: readonly InspectedSource[]
  readonly kinds: ReadonlyMap<string, readonly CellKind[]>
  /** What the survey counted; empty if there was none. */
  readonly facts: readonly ColumnFacts[]
  /** The source as given, if it is known; settings are shown with it. */
  readonly source?: Json
}

const MAX_SOURCES = 3

export function explainColumn(column: ColumnPlan, known: Known): ColumnExplanation {
  const kinds = known.kinds.get(column.name) ?? []
  const evidence = evidenceOf(column.name, known.plan, known.sources)
  const facts = named(known.facts, column.name)
  return {
    name: column.name,
    type: column.type,
    decisions: [
      typeDecision(column, kinds, known),
      ...numberDecisions(column, kinds),
      ...dateDecisions(column, evidence),
      ...nullDecisions(column, evidence),
      ...meaningDecisions(column, evidence),
    ],
    cells: kinds,
    against: contradictions(column, kinds, known),
    spellings: facts === undefined ? [] : spellingGroups(facts),
  }
}

/** The evidence of all sources that have the column. */
function evidenceOf(name: string, { layouts, sources: planned }: DatasetPlan, sources: readonly InspectedSource[]): Evidence {
  return sources.reduce((sum, { evidence }, at) => {
    const own = evidence?.[fieldOf(layouts[planned[at]?.layout ?? 0]?.columns ?? [], name)]
    return own === undefined ? sum : mergeEvidence(sum, own)
  }, noEvidence())
}

const typed = (name: string, type: string): JsonObject => ({ types: record([[name, type]]) })

function typeDecision(
  { name, type, fixed, untyped, from_text, otherwise: other }: ColumnPlan,
  kinds: readonly CellKind[],
  { plan, sources }: Known,
): Explained {
  const decided = (because: string, setting: JsonObject | null): Explained => ({ what: 'type', value: type, because, setting })
  if (untyped === true) return decided('all its cells are missing', typed(name, 'float'))
  if (fixed && from_text) return decided('the definition sets it', typed(name, type))
  if (!from_text) return decided(storedAs(name, plan, sources), type === 'text' ? null : typed(name, 'text'))
  const present = kinds.filter(({ kind }) => kind !== MISSING)
  const all = present.reduce((sum, { cells }) => sum + cells, 0)
  const [most] = present
  if (most === undefined) return decided('the sample has no cells', null)
  if (type !== 'text') {
    const fitting = present.filter(({ fits }) => fits)
    const cells = fitting.reduce((sum, one) => sum + one.cells, 0)
    return decided(
      `${cells.toLocaleString('en')} of ${count(all, 'cell')} fit: ${fitting.map(({ kind }) => kind).join('; ')}`,
      typed(name, 'text'),
    )
  }
  const because =
    other === undefined
      ? `${most.cells.toLocaleString('en')} of ${count(all, 'cell')} look like ${most.kind}`
      : `as a type, cells would be lost or guessed: ${present.map(({ kind, cells }) => `${cells.toLocaleString('en')} × ${kind}`).join('; ')}`
  return decided(because, other === undefined ? null : typed(name, other))
}

function storedAs(name: string, { layouts, sources: planned }: DatasetPlan, sources: readonly InspectedSource[]): string {
  const stored = new Map<string, string[]>()
  for (const [at, { types }] of sources.entries()) {
    const field = fieldOf(layouts[planned[at]?.layout ?? 0]?.columns ?? [], name)
    const type = types?.[field]?.stored
    if (type !== undefined) stored.set(type, [...(stored.get(type) ?? []), planned[at]?.name ?? ''])
  }
  return [...stored].map(([type, names]) => `it is stored as ${type} in ${preview(names, MAX_SOURCES)}`).join(' and ')
}

const GROUPS: ReadonlyMap<string, string> = new Map([
  ['', 'none'],
  [' ', 'a space'],
])

function numberDecisions({ name, number }: ColumnPlan, kinds: readonly CellKind[]): readonly Explained[] {
  if (number === null) return []
  const formatted = kinds.filter(({ kind, fits }) => fits && /^a number/.test(kind))
  if (formatted.length === 0) return []
  const because = formatted.map(({ kind, cells }) => `${cells.toLocaleString('en')} × ${kind}`).join('; ')
  const setting = typed(name, 'text')
  return [
    { what: 'decimal mark', value: number.decimal, because, setting },
    ...(number.grouping === '' ? [] : [{ what: 'thousands', value: GROUPS.get(number.grouping) ?? number.grouping, because, setting }]),
    ...(number.symbols.length === 0
      ? []
      : [{ what: 'currency', value: number.symbols.join(' '), because: 'it stands beside the numbers', setting }]),
  ]
}

function dateDecisions({ date }: ColumnPlan, { dates }: Evidence): readonly Explained[] {
  if (date === null) return []
  const seen = Object.values(dates)
  const cells = (of: 'dmy' | 'mdy') => seen.reduce((sum, one) => sum + one[of], 0)
  const order = date.formats.some((format) => /^%d[-/. ]%m/.test(format))
    ? 'dmy'
    : date.formats.some((format) => /^%m[-/. ]%d/.test(format))
      ? 'mdy'
      : null
  const shows = `${count(cells('dmy'), 'cell')} can only have the day first, ${count(cells('mdy'), 'cell')} only the month first`
  const language = languageOfMonths(date.formats)
  const contested = Object.keys(dates).flatMap((key) => wordedKey(key)?.word ?? [])
  const other = MONTH_LANGUAGES.find((one) => one !== language && meaningsOf(contested[0] ?? '', [one]).size > 0)
  return [
    {
      what: 'date formats',
      value: date.formats.map(writtenOut).join(', '),
      because: seen.length === 0 ? 'the default' : 'all cells of the column',
      setting: null,
    },
    ...(order === null
      ? []
      : [{ what: 'date order', value: order, because: shows, setting: { date_order: order === 'dmy' ? 'mdy' : 'dmy' } }]),
    ...(language === undefined || contested[0] === undefined
      ? []
      : [
          {
            what: 'date language',
            value: language,
            because: `"${contested[0]}" is ${saidMonths(contested[0])}; this language reads the other months or is set`,
            setting: other === undefined ? null : { date_language: other },
          },
        ]),
  ]
}

function nullDecisions(column: ColumnPlan, { words, others, missing, cells }: Evidence): readonly Explained[] {
  const nulls = new Set(nullValuesOf(column))
  const seen = [...Object.entries(words), ...Object.entries(others ?? {})].filter(([word]) => nulls.has(word))
  const kept = Object.entries(words).filter(([word]) => !nulls.has(word))
  const empty = missing - Object.values(words).reduce((sum, number) => sum + number, 0)
  const times = (list: readonly (readonly [string, number])[]) =>
    list.map(([word, number]) => `${JSON.stringify(word)} (${number.toLocaleString('en')})`).join(', ')
  return [
    ...(seen.length === 0
      ? []
      : [
          {
            what: 'null values',
            value: times(seen),
            because: `they mean "no value" in a column of type ${column.type}; ${count(empty, 'cell')} of ${cells.toLocaleString('en')} ${empty === 1 ? 'is' : 'are'} empty`,
            setting: { null_values: [''] },
          },
        ]),
    ...(kept.length === 0
      ? []
      : [
          {
            what: 'kept words',
            value: times(kept),
            because: 'among these values they are values themselves',
            setting: { null_values: ['', ...kept.map(([word]) => word)] },
          },
        ]),
  ]
}

function meaningDecisions({ semantic, type }: ColumnPlan, { semantics, cells, missing }: Evidence): readonly Explained[] {
  if (semantic === null || semantic === type) return []
  const shown = entryOf(semantics, semantic)
  const because =
    shown === undefined
      ? 'the name of the column, and its values do not contradict it'
      : `${shown.toLocaleString('en')} of ${count(cells - missing, 'cell')} ${shown === 1 ? 'has' : 'have'} this form`
  return [{ what: 'meaning', value: semantic, because, setting: null }]
}

function contradictions(
  { name, type, doubts = [], probably }: ColumnPlan,
  kinds: readonly CellKind[],
  { plan, facts }: Known,
): readonly Contradiction[] {
  const unfit = kinds.filter(({ fits, kind }) => !fits && kind !== MISSING)
  // of a text column, what most cells are not
  const odd = type === 'text' && probably === undefined ? kinds.filter(({ kind }) => kind !== MISSING).slice(1) : unfit
  const examples = odd.flatMap((one) => one.examples).slice(0, 3)
  const { invalid = 0, doubtful = 0, rows = 0, missing = 0, semantic = null } = named(facts, name) ?? {}
  const some = (cells: number, what: string, shown: Contradiction['examples']) =>
    cells === 0
      ? []
      : [
          {
            text: `${count(cells, 'cell')} of ${(rows - missing).toLocaleString('en')} ${cells === 1 ? 'is' : 'are'} not ${what}`,
            examples: shown,
          },
        ]
  const others = plan.sources.flatMap(({ name: source, other_types }) => {
    const other = entryOf(other_types, name)
    return other === undefined ? [] : [`${source} (${other})`]
  })
  const absent = plan.sources.filter((source) => isAmong(source.absent, name)).map((source) => source.name)
  return [
    ...doubts.map((text) => ({ text, examples })),
    ...some(invalid, `of type ${type}; a row with such a cell goes to quarantine`, examples),
    ...some(
      doubtful,
      probably === undefined ? `like ${semantic ?? 'the others'}` : `of type ${probably.type}, and count against validity`,
      probably === undefined ? [] : examples,
    ),
    ...(others.length === 0 ? [] : [{ text: `the cells of ${preview(others, MAX_SOURCES)} suggest another type`, examples: [] }]),
    ...(absent.length === 0
      ? []
      : [{ text: `${preview(absent, MAX_SOURCES)} ${absent.length === 1 ? 'lacks' : 'lack'} the column`, examples: [] }]),
  ]
}
