/** The list of dialects. To add one: add its folder, and a line here. */
import type { JsonObject } from '#core/json.ts'
import type { Dialect } from './dialect.ts'
import { phrases } from './phrases/dialect.ts'
import { taskList } from './task-list/dialect.ts'

export const DIALECTS: readonly Dialect[] = [taskList, phrases]

/** The dialect a file is written in; undefined for the canonical form. */
export const dialectOf = (file: JsonObject): Dialect | undefined => DIALECTS.find((dialect) => dialect.detect(file))
