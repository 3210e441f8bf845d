/** All kinds of disturbance, in the order of the table. */
import { changedSources } from './changed-sources.ts'
import { concurrent } from './concurrent.ts'
import type { Disturbance } from './disturbance.ts'
import { fullDisk } from './full-disk.ts'
import { hostileNames } from './hostile-names.ts'
import { killedExamples } from './killed-examples.ts'
import { kills } from './kills.ts'
import { longLines } from './long-lines.ts'
import { mutatedDefinitions } from './mutated-definitions.ts'
import { mutatedInputs } from './mutated-inputs.ts'

export const DISTURBANCES: readonly Disturbance[] = [
  kills,
  killedExamples,
  concurrent,
  fullDisk,
  changedSources,
  mutatedInputs,
  longLines,
  mutatedDefinitions,
  hostileNames,
]
