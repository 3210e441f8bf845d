/** Which functions a SELECT of an author may call: those whose result depends on their arguments alone. */
import type { Session } from '#io/duckdb/session.ts'
import { nearest } from '#core/text/nearest.ts'
import { text } from '#relational/types/sql.ts'

/** Why a function may not be called. */
export interface Refusal {
  readonly what: string
  readonly hint: string
}

/** Functions that the engine calls consistent, and which still read a setting, a clock, chance or how rows lie in memory. */
const READS_OTHERS =
  /^(current_setting|getvariable|version|vector_type|current_local\w+|age|json_\w+_(sql|plan)|reservoir_quantile|write_log)$/

/** Macros whose body uses only their arguments. The others read the catalog of the engine or the clock. */
const PURE_MACRO =
  /^(array_\w+|list_\w+|map_contains_\w+|md5_number_\w+|json|json_group_\w+|date_add|days_in_month|fdiv|fmod|geomean|geometric_mean|nullif|regexp_split_to_table|round_even|roundbankers|split_part|wavg|weighted_avg)$/

interface Known {
  readonly name: string
  readonly type: string
  readonly stability: string | null
}

/** Made by the parser itself, and not in the engine's list. */
const BY_THE_PARSER: ReadonlySet<string> = new Set(['unnest'])

/** By name: why it may not be called; functions that may are not in the map. */
export async function refusalsOf(session: Session, names: readonly string[]): Promise<ReadonlyMap<string, Refusal>> {
  if (names.length === 0) return new Map()
  const wanted = names.map((name) => text(name.toLowerCase())).join(', ')
  const found = (await session.rows(
    `SELECT DISTINCT lower(function_name) AS name, function_type AS type, stability FROM duckdb_functions() WHERE lower(function_name) IN (${wanted})`,
  )) as unknown as readonly Known[]
  const all = names.some((name) => isUnknown(name, found)) ? await allNames(session) : []
  return new Map(
    names.flatMap((name) => {
      const refusal = isUnknown(name, found)
        ? unknown(name, all)
        : refusalOf(
            name,
            found.filter((one) => one.name === name.toLowerCase()),
          )
      return refusal === null ? [] : [[name, refusal] as const]
    }),
  )
}

const isUnknown = (name: string, found: readonly Known[]) =>
  !BY_THE_PARSER.has(name) && !found.some((one) => one.name === name.toLowerCase())

async function allNames(session: Session): Promise<readonly string[]> {
  const rows = await session.rows(
    "SELECT DISTINCT function_name AS n FROM duckdb_functions() WHERE function_name SIMILAR TO '[a-z]\\w*' ORDER BY n",
  )
  return rows.map(({ n }) => String(n))
}

function unknown(name: string, all: readonly string[]): Refusal {
  const near = nearest(name, all)
  const hint = 'functions are those of DuckDB, without extensions'
  return { what: `there is no function ${name}`, hint: near === undefined ? hint : `did you mean ${near}? ${hint}` }
}

function refusalOf(name: string, overloads: readonly Known[]): Refusal | null {
  const wrong = overloads.find(({ type, stability }) => {
    if (type === 'macro') return !PURE_MACRO.test(name.toLowerCase())
    if (type === 'scalar' || type === 'aggregate') return stability !== 'CONSISTENT' || READS_OTHERS.test(name.toLowerCase())
    return false
  })
  const calls = overloads.some(({ type }) => type === 'scalar' || type === 'aggregate' || type === 'macro')
  if (wrong === undefined && (calls || BY_THE_PARSER.has(name))) return null
  return {
    what: `${name}() is not allowed: ${calls ? 'its result depends on more than its arguments, so a second run could give another' : 'it is not a function on values'}`,
    hint: calls ? 'give the value in `parameters`, such as `{today: "{{ run.ds }}"}`' : 'remove it',
  }
}
