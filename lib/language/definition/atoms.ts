/** The basic types of the language. Problems identify them by their titles. */
import * as z from 'zod'
import { runDuration, toSeconds } from '#steps/kind/fields.ts'

/** Ids become names of states, variables and folders. */
export const id = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/)
  .max(60)
  .meta({ title: 'id', description: 'Lower-case letters, digits and `_`, starting with a letter; at most 60 characters.' })

/** Names of inputs and of loop items. */
export const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
  .max(60)
  .meta({ title: 'name', description: 'Letters, digits and `_`, not starting with a digit; at most 60 characters.' })

export const wholeSeconds = runDuration.refine((value) => toSeconds(value) >= 1 && Number.isInteger(toSeconds(value)), {
  error: 'must be whole seconds, at least 1',
})

/** A share: 0.05 or 5%. */
export const share = z
  .union([z.number().min(0).max(1), z.string().regex(/^\s*(\d{1,2}(\.\d+)?|100)\s*%\s*$/)])
  .meta({ title: 'share', description: 'A share: 0.05 or 5%.' })

/** The number of a share that passed its schema, 0 to 1. */
export const toShare = (value: number | string): number =>
  typeof value === 'number' ? value : Number(`${value.replace('%', '').trim()}e-2`)

/** A calendar day. */
export const date = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/)
  .meta({ title: 'date', description: 'A date: 2026-11-21.' })

export const email = z
  .string()
  .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/)
  .meta({ title: 'email', description: 'An e-mail address.' })

/** Source: the Amazon S3 user guide, "General purpose bucket naming rules". */
export const bucket = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
  .meta({ title: 'bucket', description: 'The name of a bucket.' })

/** Values that AWS accepts as a tag. Source: Tagging AWS resources, user guide. */
export const tag = z
  .string()
  .regex(/^[A-Za-z0-9 _.:/=+@-]{1,128}$/)
  .meta({ title: 'tag', description: 'Letters, digits, spaces and `_.:/=+-@`; at most 128 characters.' })

export const activeRuns = z
  .int()
  .min(1)
  .max(1000)
  .optional()
  .describe('Largest number of active runs of the deployed pipeline (default: no limit).')
