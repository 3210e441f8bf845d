/**
 * Measures checks and cleaners of values on public vectors: `npx tsx test/conformance/values.ts DIR [--list]`. DIR holds the folders
 * standardise-dataprep, validity-email and validity-phone; an absent one is skipped. Prints a table; --list also prints the cells that differ.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSupportedCountry } from 'libphonenumber-js/min'
import type { Json } from '#core/json.ts'
import { cellOperation } from '#relational/cells/index.ts'
import { isEmail } from '#relational/measures/semantic-rules.ts'
import { text } from '#relational/types/sql.ts'
import { numberingPlan } from '#steps/kind/numbering-plan.ts'
import { testDatabase } from '../kit/database.ts'
import { runTable } from '../kit/run-table.ts'
import { workplace } from '../kit/run-pipeline.ts'

interface Line {
  readonly what: string
  readonly right: number
  readonly of: number
  readonly wrong: readonly string[]
}

const [folder = '.', ...flags] = process.argv.slice(2)
const read = <T>(name: string): readonly T[] =>
  existsSync(join(folder, name)) ? (JSON.parse(readFileSync(join(folder, name), 'utf8')) as T[]) : []
const lineOf = (what: string, results: readonly { readonly cell: string; readonly right: boolean }[]): Line => ({
  what,
  right: results.filter(({ right }) => right).length,
  of: results.length,
  wrong: results.filter(({ right }) => !right).map(({ cell }) => cell),
})

const database = await testDatabase()
/** The values of SQL expressions. */
async function values(expressions: readonly string[]): Promise<readonly unknown[]> {
  const found: unknown[] = []
  for (let at = 0; at < expressions.length; at += 100) {
    const part = expressions.slice(at, at + 100)
    const [row = {}] = await database.session.rows(`SELECT ${part.map((sql, n) => `${sql} AS c${n}`).join(', ')}`)
    found.push(...part.map((_, n) => row[`c${n}`]))
  }
  return found
}

async function emails(): Promise<readonly Line[]> {
  const vectors = read<{ address: string; valid: boolean }>('validity-email/isemail.json')
  const found = await values(vectors.map(({ address }) => isEmail(`CAST(${text(address)} AS VARCHAR)`)))
  const results = vectors.map(({ address, valid }, at) => ({ cell: JSON.stringify(address), valid, right: (found[at] === true) === valid }))
  return [
    lineOf('e-mail: all', results),
    lineOf(
      'e-mail: invalid ones refused',
      results.filter(({ valid }) => !valid),
    ),
    lineOf(
      'e-mail: valid ones accepted',
      results.filter(({ valid }) => valid),
    ),
  ]
}

async function phones(): Promise<readonly Line[]> {
  const vectors = read<{ region: string; country_code: string; national: string }>('validity-phone/example_numbers.json')
  const sql = vectors.map(({ region, national }) =>
    cellOperation('e164').sql(
      `CAST(${text(national)} AS VARCHAR)`,
      { plan: isSupportedCountry(region) ? numberingPlan(region) : null },
      'text',
    ),
  )
  const found = await values(sql)
  return [
    lineOf(
      'phone: national numbers completed',
      vectors.map(({ region, country_code, national }, at) => ({
        cell: `${region} ${national}: ${String(found[at])}`,
        right: found[at] === `+${country_code}${national}`,
      })),
    ),
  ]
}

interface Vector {
  readonly fn: string
  readonly test: string
  readonly args: readonly string[]
  readonly kwargs: { readonly [name: string]: Json }
  readonly input: { readonly [column: string]: readonly Json[] }
  readonly expected: { readonly [column: string]: readonly Json[] }
}

const digits = (value: string) => value.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '')

/** For each function: the rule, and whether a cell after it says what is expected. A cell that is not of the form stays as it is. */
const FUNCTIONS: {
  readonly [fn: string]: {
    readonly rule: (vector: Vector) => string
    readonly says: (after: string, column: string, expected: Json, before: string) => boolean
  }
} = {
  clean_email: {
    rule: () => '{standardize: {rules: [whitespace, null_values, emails], columns: [c]}}',
    says: (after, column, expected) =>
      expected === null
        ? !/^[^\s@]+@[^\s@]+\.\w+$/.test(after)
        : after.split('@')[column === 'username' ? 0 : 1] === expected || after === expected,
  },
  clean_phone: {
    rule: () => '{standardize: {rules: [phones], columns: [c], phone_region: US}}',
    says: (after, column, expected) => {
      if (column === 'country_code' || column === 'ext_num') return expected === null ? true : after.includes(String(expected))
      const number = /^\+1\d{10}$/.test(after) ? digits(after) : ''
      const part = { area_code: number.slice(0, 3), office_code: number.slice(3, 6), station_code: number.slice(6) }[column] ?? number
      return expected === null ? part === '' : part === digits(String(expected))
    },
  },
  clean_country: {
    rule: ({ kwargs }) => `{normalize: {columns: [c], as: ${kwargs['output_format'] === 'alpha-2' ? 'country_code' : 'country_name'}}}`,
    says: (after, _column, expected, before) =>
      expected === null ? after === before : after === expected || SAME.get(String(expected)) === after,
  },
  clean_lat_long: {
    rule: () => '{normalize: {columns: [c], as: coordinates}}',
    says: (after, _column, expected, before) =>
      expected === null
        ? after === before
        : (expected as number[]).every((value, at) => Math.abs(value - Number(after.split(', ')[at])) < 0.0001),
  },
  clean_url: {
    rule: () => '{normalize: {columns: [c], as: url}}',
    says: (after, _column, expected, before) =>
      expected === null
        ? after === before && !/^https?:\/\//.test(after)
        : after.startsWith(String((expected as { messy_url_clean: string }).messy_url_clean)),
  },
  clean_ip: {
    rule: () => '{normalize: {columns: [c], as: ip}}',
    says: (after, _column, expected) => (expected === null ? !after.includes(':') : after === expected || hexOf(after) === expected),
  },
  clean_date: {
    rule: () => '{standardize: [dates]}',
    says: (after, _column, expected, before) =>
      expected === null ? after === before : after === String(expected) || `${after} 00:00:00` === expected,
  },
}

/** An address as the hexadecimal number it is; empty if it is none. */
function hexOf(address: string): string {
  if (/^\d+(\.\d+){3}$/.test(address)) {
    const number = address.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n)
    return `0x${number.toString(16)}`
  }
  if (!address.includes(':')) return ''
  const [head = '', tail] = address.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const [first, last] = [groups(head), groups(tail ?? '')]
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - first.length - last.length }, () => '0')
  return `0x${BigInt(`0x${[...first, ...zeros, ...last].map((group) => group.padStart(4, '0')).join('')}`).toString(16)}`
}

/** Names of countries that the tables of Intl spell otherwise. */
const SAME: ReadonlyMap<string, string> = new Map([
  ['Turkey', 'Türkiye'],
  ['DR Congo', 'Congo - Kinshasa'],
  ['Congo Republic', 'Congo - Brazzaville'],
])

async function vectors(): Promise<readonly Line[]> {
  const place = workplace()
  const lines = new Map<string, { cell: string; right: boolean }[]>()
  for (const vector of read<Vector>('standardise-dataprep/vectors.json')) {
    const { rule, says } = FUNCTIONS[vector.fn] ?? {}
    const cells =
      Object.values(vector.input)[0]?.map((cell) => (cell === null ? '' : typeof cell === 'string' ? cell : JSON.stringify(cell))) ?? []
    if (rule === undefined || says === undefined) continue
    const input = `n,c\n${cells.map((cell, at) => `${at},"${cell.replaceAll('"', '""')}"\n`).join('')}`
    const { rows } = await runTable(place, { input, steps: [`{id: tidy, type: clean, with: {rules: [${rule(vector)}]}}`] })
    for (const [column, expected] of Object.entries(vector.expected))
      for (const [at, wanted] of expected.entries()) {
        const after = rows.find(({ n }) => n === String(at))?.['c'] ?? ''
        const own = lines.get(vector.fn) ?? []
        lines.set(vector.fn, own)
        own.push({
          cell: `${column} ${cells[at]}: ${after}, expected ${JSON.stringify(wanted)}`,
          right: says(after, column, wanted, (cells[at] ?? '').trim()),
        })
      }
  }
  place.clear()
  return [...lines].map(([fn, results]) => lineOf(`dataprep ${fn}`, results))
}

const lines = [...(await emails()), ...(await phones()), ...(await vectors())]
await database.close()
const dataprep = lines.filter(({ what }) => what.startsWith('dataprep'))
const sum = (of: (line: Line) => number) => dataprep.reduce((total, line) => total + of(line), 0)
for (const { what, right, of, wrong } of [
  ...lines,
  { what: 'dataprep: all', right: sum((line) => line.right), of: sum((line) => line.of), wrong: [] },
]) {
  console.log(`${what.padEnd(36)} ${String(right).padStart(4)} of ${of}`)
  if (flags.includes('--list')) for (const cell of wrong) console.log(`    ${cell}`)
}
