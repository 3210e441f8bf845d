/** Settings of a source that several formats share. A format lists those it has; a setting of one name means the same everywhere. */
import * as z from 'zod'
import { ENCODINGS } from './encodings.ts'

export const encoding = z.enum(ENCODINGS).optional().describe('The text encoding; detected when absent.')
export const header = z.boolean().optional().describe('Whether the first record names the columns; detected when absent.')
export const skip_lines = z.int().min(0).optional().describe('Lines before the header (or the first record) that are not data.')
