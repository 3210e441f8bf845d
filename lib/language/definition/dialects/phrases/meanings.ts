/** What phrases can mean: a step, recognised by its words, and the settings that a phrase gives it. */
import type { Json, JsonObject } from '#core/json.ts'
import { businessRules } from './business-rules.ts'
import type { Meaning } from './meaning.ts'
import { REFERENCE, stems } from './words.ts'

const meaning = (
  type: string,
  does: string,
  heads: string,
  words: string,
  settings: Meaning['settings'] = () => ({ with: {} }),
  beyond: Meaning['beyond'] = [],
): Meaning => ({
  type,
  does,
  heads: stems(heads),
  words: new Set([...stems(heads), ...stems(words)]),
  settings,
  beyond,
})

const orOf = (inputs: ReadonlySet<string>, name: string, value: Json): Json => (inputs.has(name) ? `{{ inputs.${name} }}` : value)

/** Whether the format exists is checked where formats are known. */
const FORMAT = /\bas\s+(\{\{\s*[^{}]+?\s*\}\}|[a-z]\w*)/i

/** The first reference or path of a text. */
function addressIn(text: string): string | undefined {
  const [reference] = text.match(REFERENCE) ?? []
  const path = /(?<=^|[\s"'])[^\s"'{}]*(?:[/*][^\s"'{}]*|\.[A-Za-z]\w{1,6}(?:\.gz)?)(?=$|[\s"',;])/.exec(text)?.[0]
  // punctuation of the sentence
  return reference ?? path?.replace(/[,;.]$/, '')
}

/** The cleaning rules in the order in which they are applied: what has one spelling can be compared, what is compared can be a duplicate. */
const CLEANING: readonly { readonly when: RegExp; readonly rule: JsonObject }[] = [
  {
    when: /standardi[sz]|normali[sz]|format|trim|whitespace/i,
    rule: { standardize: ['whitespace', 'null_values', 'case', 'dates', 'numbers', 'currency', 'phones', 'emails', 'booleans'] },
  },
  { when: /inconsisten|consisten|spelling/i, rule: { consistency: 'auto' } },
  { when: /duplicate|dedup/i, rule: { deduplicate: { keys: 'auto', keep: 'first' } } },
  { when: /missing|impute|null|empty/i, rule: { missing: 'auto' } },
  { when: /outlier/i, rule: { outliers: { method: 'iqr', threshold: 3, action: 'flag' } } },
]

export const MEANINGS: readonly Meaning[] = [
  meaning(
    'discover',
    'find sources and read them',
    'discover find locate scan catalog list read load ingest extract source',
    'data file dataset pattern matching gather collect metadata schema statistic encoding delimiter compression record folder directory path input',
    ({ text }) => {
      const source = addressIn(text)
      return source === undefined
        ? { missing: 'it does not say what to read', hint: 'name an input or a path in it: discover all files matching {{ source }}' }
        : { with: { source } }
    },
  ),
  meaning(
    'detect_changes',
    'pass on what is new since the last run',
    'change new modified incremental updated since',
    'identify detect find record row data last processing processed run',
    ({ text }) => {
      const [, column] = /\bby (?:the )?(?:column )?([A-Za-z_]\w*)/.exec(text) ?? []
      return column === undefined
        ? { missing: 'it does not name the column that separates new rows from old ones', hint: 'name it at the end: … by updated_at' }
        : { with: { column } }
    },
  ),
  meaning(
    'schema',
    'check the columns and types of the sources',
    'schema type column structure field',
    'analyze check validate verify infer data required relationship drift compare match',
    undefined,
    [/\brelationships?\b/i],
  ),
  meaning(
    'profile',
    'measure the quality of the data',
    'profile quality completeness statistic',
    'data consistency anomaly uniqueness validity accuracy measure assess analyze column distribution outlier score',
  ),
  meaning(
    'clean',
    'clean values',
    'clean cleanse missing duplicate standardize normalize inconsistency impute deduplicate outlier',
    'data handle value format remove fix repair record row trim whitespace null empty flag correct spelling consistency quality',
    ({ text }) => {
      const asked = CLEANING.filter(({ when }) => when.test(text))
      const rules = asked.length > 0 ? asked : CLEANING.filter(({ rule }) => !('outliers' in rule))
      return { with: { rules: rules.map(({ rule }) => rule) } }
    },
  ),
  meaning(
    'transform',
    'add columns',
    'enrich derive calculated computed calculate compute metric',
    'add field column data value new create additional useful derived',
    () => ({ with: { derive: 'auto' } }),
  ),
  meaning(
    'validate',
    'check rules and the quality of the rows',
    'validate rule requirement meet valid constraint assertion',
    'processed data output result business against check quality threshold return violation severity ensure satisfy',
    (phrase) => {
      const items = phrase.text.split(/\n\s*-\s*/).slice(1)
      if (items.length > 0) return businessRules(items)
      return {
        with: {
          rules: [
            { rule_id: 'not_empty', rule_type: 'row_count', min: 1 },
            { rule_id: 'quality', rule_type: 'quality_score', min: orOf(phrase.inputs, 'quality_threshold', 0.8) },
          ],
        },
      }
    },
  ),
  meaning(
    'export',
    'publish the rows',
    'export save write publish store output',
    'data result processed file folder format record parquet csv json ndjson clean final',
    ({ text }) => {
      const [, target = text] = /\bto\b([\s\S]*)/i.exec(text) ?? []
      const to = addressIn(target)
      if (to === undefined)
        return {
          missing: 'it does not say where to publish',
          hint: 'name an input, or a path with a slash: export data to {{ output_path }}, export data to out/',
        }
      const [, format] = FORMAT.exec(text) ?? []
      return { with: { to, ...(format === undefined ? {} : { format: format.startsWith('{{') ? format : format.toLowerCase() }) } }
    },
  ),
  meaning(
    'lineage',
    'write where each column comes from',
    'lineage provenance origin',
    'document track data transformation record trace column source history',
  ),
  meaning(
    'monitor',
    'measure the run and raise alerts',
    'monitor alert performance sla',
    'track generate metric raise send measure run pipeline resource usage duration time error report quality',
    ({ inputs }) => ({
      with: {
        ...(inputs.has('sla_seconds') ? { sla_seconds: '{{ inputs.sla_seconds }}' } : {}),
        alerts: [
          { name: 'Quality score below 0.9', when: 'quality_score < 0.9', severity: 'warning' },
          { name: 'More than 5% of the rows quarantined', when: 'error_rate > 0.05', severity: 'warning' },
        ],
      },
    }),
  ),
]
