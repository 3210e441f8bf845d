/** The list of shorthands. To add one: add its file, and a line here. */
import { ingest } from './ingest.ts'
import { load } from './load.ts'
import { process } from './process.ts'
import type { Shorthand } from './shorthand.ts'

export const SHORTHANDS: readonly Shorthand[] = [process, ingest, load]

export const shorthandCalled = (type: string): Shorthand | undefined => SHORTHANDS.find(({ kind }) => kind === type)
