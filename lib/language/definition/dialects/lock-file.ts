/** The file beside a definition that keeps the decisions of its dialect. */
import { basename } from 'node:path'
import type { Json } from '#core/json.ts'
import { isMapping } from '../build-values.ts'
import { type CheckContext, checkShape } from '../check-shape.ts'
import type { ConfigOptions } from '../config.ts'
import type { ParseContext } from '../parse-context.ts'
import { readYaml } from '../yaml.ts'
import type { Dialect, DialectLock } from './dialect.ts'

export interface LockText {
  /** Path of the file, relative as that of the definition. */
  readonly file: string
  readonly text: string
}

/** `pipelines/sales.auto.lock.yaml` for `pipelines/sales.yaml`. */
export const lockFileOf = (definition: string, { suffix }: DialectLock) => definition.replace(/(\.ya?ml)?$/i, suffix)

/** The lock of a definition; undefined if there is none, or if it has problems, which are then in `files`. */
export function readLock(
  dialect: Dialect,
  { file, readFile }: ConfigOptions & { readonly file: string },
  files: ParseContext[],
): Json | undefined {
  if (dialect.lock === undefined) return undefined
  const path = lockFileOf(file, dialect.lock)
  const text = readFile?.(basename(path))
  if (text === undefined) return undefined
  const { context, tree } = readYaml(text, path)
  files.push(context)
  if (tree === undefined) return undefined
  const plain = {
    segments: new Map(),
    unknown: new Set<string>(),
    secrets: new Map(),
    passwords: new Map<string, string>(),
    fromEnvironment: new Set<string>(),
    unset: new Set<string>(),
  }
  const whole: CheckContext = { ...context, substituted: { tree: isMapping(tree) ? tree : {}, ...plain } }
  return checkShape(dialect.lock.schema, tree, [], { subject: 'a lock', keys: 'key' }, whole) as Json | undefined
}
