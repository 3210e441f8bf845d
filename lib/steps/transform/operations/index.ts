/** The list of operations. To add one: add it to a file here, and a line below. */
import { registryOf } from '#steps/kind/registry.ts'
import type { Operation } from '../operation.ts'
import { aggregate, join, pivot, sort, window } from './across.ts'
import { cast, drop, rename, select } from './columns.ts'
import { addColumn, filter } from './rows.ts'

export const OPERATIONS = registryOf<Operation>()([filter, addColumn, rename, cast, drop, select, sort, aggregate, pivot, join, window])
