/** The registry of scalar functions. */
import type { RowFunction } from './function.ts'
import { CHECK_FUNCTIONS } from './functions/checks.ts'
import { DATE_FUNCTIONS } from './functions/dates.ts'
import { NULL_FUNCTIONS } from './functions/nulls.ts'
import { NUMBER_FUNCTIONS } from './functions/numbers.ts'
import { PATTERN_FUNCTIONS } from './functions/patterns.ts'
import { TEXT_FUNCTIONS } from './functions/text.ts'

/** The functions by family, in the order of the reference. */
export const FUNCTION_FAMILIES: readonly { readonly title: string; readonly functions: readonly RowFunction[] }[] = [
  { title: 'Text', functions: TEXT_FUNCTIONS },
  { title: 'Regular expressions', functions: PATTERN_FUNCTIONS },
  { title: 'Numbers', functions: NUMBER_FUNCTIONS },
  { title: 'Missing values and choices', functions: NULL_FUNCTIONS },
  { title: 'Dates and times', functions: DATE_FUNCTIONS },
  { title: 'Checks', functions: CHECK_FUNCTIONS },
]

const BY_NAME = new Map(
  FUNCTION_FAMILIES.flatMap(({ functions }) => functions).flatMap((entry) =>
    [entry.name, ...entry.aliases].map((name) => [name, entry] as const),
  ),
)

/** Looks up a function by name or alias, in any case. */
export const functionNamed = (name: string): RowFunction | undefined => BY_NAME.get(name.toLowerCase())

export const FUNCTION_NAMES: readonly string[] = [...BY_NAME.keys()]
