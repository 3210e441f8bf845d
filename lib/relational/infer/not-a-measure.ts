/** Meanings of numbers that name a thing, a place, a time or a direction: none of them can be averaged, and none lies far out. */
const NAMING: ReadonlySet<string> = new Set([
  'id',
  'code',
  'year',
  'date_part',
  'direction',
  'postal_code',
  'latitude',
  'longitude',
  'phone',
])

export const isNaming = (semantic: string | null) => semantic !== null && NAMING.has(semantic)
