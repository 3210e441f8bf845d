/** The list of measures. To add one, write its file and add a line here; the laws are tested for all of them. */
import { doubtful, invalid, missing } from './counts.ts'
import { distinct } from './distinct.ts'
import { effects } from './effects.ts'
import { extremes } from './extremes.ts'
import type { Measure } from './measure.ts'
import { moments } from './moments.ts'

export const MEASURES = { missing, invalid, doubtful, effects, extremes, moments, distinct }

/** The measures without the types of their states, for code that treats them alike. */
export const ALL_MEASURES = Object.values(MEASURES) as unknown as readonly Measure[]
