/** The list of cleaners. To add one: add its file, and a line here. */
import { registryOf } from '#steps/kind/registry.ts'
import type { Cleaner } from '../cleaner.ts'
import { amounts } from './amounts.ts'
import { consistency } from './consistency.ts'
import { deduplicate } from './deduplicate.ts'
import { dropMissing } from './drop-missing.ts'
import { drop, map } from './map.ts'
import { missing } from './missing.ts'
import { normalize } from './normalize.ts'
import { outliers } from './outliers.ts'
import { standardize } from './standardize.ts'

export const CLEANERS = registryOf<Cleaner>()([
  standardize,
  missing,
  dropMissing,
  deduplicate,
  outliers,
  consistency,
  normalize,
  amounts,
  map,
  drop,
])
